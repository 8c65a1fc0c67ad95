import type { Slack } from './driver.ts'
import { sample } from './samples.ts'
import type { SlackView } from './state.ts'
import type { Json } from './team.ts'

/** What came of sending a form. */
export interface Filled {
  /** What is wrong with a field, by its label; empty when it was taken. */
  errors: Record<string, string>
  /** Whether the form is closed. */
  isClosed: boolean
}

/**
 * Sends a form with these values, by the labels of its fields; what is not given is as the form shows it. What Slack's own client refuses,
 * a required field that is empty, is not sent.
 */
export async function fillView(
  slack: Slack,
  form: SlackView,
  values: Record<string, string>,
  who: object,
): Promise<Filled> {
  const inputs: Json[] = form.view.blocks.filter(({ type }: Json) => type === 'input')
  const labels = inputs.map(({ label }) => label.text)
  const unknown = Object.keys(values).find((label) => !labels.includes(label))
  if (unknown) throw new Error(`the form has no ${unknown}, but ${labels.join(', ')}`)
  const state = readState(form.view, values)
  const missing = inputs.filter(({ optional, block_id, element }) => {
    return !optional && whatIsIn(state.values[block_id][element.action_id]) === null
  })
  if (missing.length > 0) {
    const refused = missing.map(({ label }) => [label.text, 'Please complete this required field.'])
    return { errors: Object.fromEntries(refused), isClosed: false }
  }
  const view = { ...form.view, state }
  const ack = await slack.send({ kind: 'interactive', payload: sample('view-submission', { ...who, view }) })
  const action = ack.body?.response_action
  if (ack.status !== 200) return { errors: { form: 'We had some trouble connecting.' }, isClosed: false }
  if (action === 'errors') {
    const named = inputs.filter(({ block_id }) => ack.body.errors[block_id])
    if (named.length === 0) throw new Error(`no field is named in ${JSON.stringify(ack.body)}`)
    return {
      errors: Object.fromEntries(named.map((each) => [each.label.text, ack.body.errors[each.block_id]])),
      isClosed: false,
    }
  }
  if (action === 'update') Object.assign(form, { view: { ...form.view, ...ack.body.view } })
  else form.isOpen = false
  return { errors: {}, isClosed: !form.isOpen }
}

/** The state of a view's inputs, as Slack sends it with the view. */
export function readState(view: Json, values: Record<string, string>): { values: Json } {
  const inputs: Json[] = view.blocks.filter(({ type }: Json) => type === 'input')
  const entries = inputs.map(({ block_id, label, element }) => [
    block_id,
    { [element.action_id]: stateOf(element, values[label.text]) },
  ])
  return { values: Object.fromEntries(entries) }
}

function stateOf(element: Json, given: string | undefined): Json {
  const { type, options = [] } = element
  if (/select|radio/.test(type)) {
    const chosen = given === undefined ? element.initial_option : options.find(({ text }: Json) => text.text === given)
    if (given !== undefined && !chosen) throw new Error(`there is no ${given} to choose`)
    return { type, selected_option: chosen ?? null }
  }
  if (type === 'checkboxes') {
    const ticked = given === undefined ? element.initial_options : given === 'true' ? options.slice(0, 1) : []
    return { type, selected_options: ticked ?? [] }
  }
  return { type, value: given ?? element.initial_value ?? null }
}

const whatIsIn = ({ value, selected_option, selected_options }: Json): unknown =>
  value || selected_option || selected_options || null
