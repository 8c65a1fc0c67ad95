import { plainMessage } from '#conversation/plain-message.ts'
import { answerPress } from '#conversation/press.ts'
import { readPress } from '#conversation/read-press.ts'
import type { Form, Message, Press } from '../surface.ts'
import { formErrors, formView } from './blocks/form-view.ts'
import { LIMITS } from './blocks/limits.ts'
import { hear, type Slack, say } from './hear.ts'
import type { Incoming } from './incoming.ts'
import { Place } from './place.ts'
import { refusalIn, type Spoken } from './slack-client.ts'

/** What a form carries, and brings back when it is sent. */
interface Carried {
  press: Press
  place: Place
}

/** Opens a form in answer to what somebody did; false where Slack opens none any more, as three seconds have passed. */
export async function openForm(
  { call }: Spoken,
  place: Place,
  { form, triggerId }: { form: Form; triggerId: string },
): Promise<boolean> {
  const metadata = JSON.stringify({ press: form.submit.press, place } satisfies Carried)
  if (metadata.length > LIMITS.metadata) return false
  try {
    await call('views.open', { trigger_id: triggerId, view: formView(form, metadata) })
    return true
  } catch (error) {
    if (refusalIn(error) === null) throw error
    return false
  }
}

/** A button that opens a form, where none could be opened at once. */
export function offerForm({ title, fields, submit: { press } }: Form): Message {
  const names = new Intl.ListFormat('en').format(fields.map(({ label }) => label))
  const given = Object.fromEntries(fields.flatMap(({ name, value }) => (value === null ? [] : [[name, value]])))
  return {
    ...plainMessage(`“${title}” asks for ${names}.`),
    buttons: [
      { label: 'Fill in', style: 'primary', press: press.do === 'run' ? { ...press, given } : press, confirm: null },
    ],
  }
}

/**
 * Takes a form that was sent, and answers its request: nothing, which closes it, or what is wrong with which field. What else there is to
 * say is said where the form was opened from.
 */
export async function answerForm(
  slack: Slack,
  spoken: Spoken,
  sent: Extract<Incoming, { kind: 'sent_form' }>,
): Promise<Record<string, unknown>> {
  const { press, place } = JSON.parse(sent.view.metadata) as Carried
  const { app, tenant: _, user: __, ...where } = Place.parse(place)
  const heard = await hear(slack, spoken, sent, app === spoken.app.id ? where : {})
  if (!heard.speaker) return {}
  const wanted = { press: readPress(press), values: sent.view.values, canOpenForm: true }
  const { messages, form } = await answerPress(slack.ctx, { ...heard.speaker, ...wanted })
  const errors = form && formErrors(form)
  if (errors) return { response_action: 'errors', errors }
  await say(slack.ctx, heard, messages)
  return {}
}
