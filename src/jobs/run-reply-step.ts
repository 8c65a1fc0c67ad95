import { evaluateMapping } from '#recipes/expressions/evaluate-mapping.ts'
import type { RecipeDocument } from '#recipes/recipe.ts'
import type { Json } from '#recipes/scope.ts'
import type { ReplyStep } from '#recipes/step.ts'
import { stepsInOrder } from '#recipes/steps.ts'
import type { Message } from '#surfaces/surface.ts'
import { asText } from './as-text.ts'
import type { JobsContext } from './context.ts'
import { renderControls } from './render-controls.ts'
import { type Frame, isMasked, keyOf, noteOutcome, type Progress, placeOf, putOutput, say } from './run.ts'

/** What is on record of a reply. */
interface Replied {
  text: string
  fields: Message['fields']
  output: Json
  /** The delivery of what others of the same recipe take the place of, or that it takes the place of itself. */
  message?: string
}

/** Says something where the job came from; within a function it says it to whoever called. What is on record was sent with it. */
export async function runReplyStep(ctx: JobsContext, frame: Frame, step: ReplyStep): Promise<Progress> {
  const before = frame.run.recorded.get(keyOf(frame, step))?.output as Replied | null | undefined
  const replied = before ?? (await reply(ctx, frame, step))
  const { text, output, message } = replied
  frame.reply.last = { text, output, ...(isMasked(frame, step) && { masked: true }) }
  // No pill can name it; it lasts, and is forgotten, as outputs are.
  if (message !== undefined) putOutput(frame, step, { message })
  return { kind: 'through' }
}

async function reply(ctx: JobsContext, frame: Frame, step: ReplyStep): Promise<Replied> {
  const text = asText(await evaluateMapping(ctx, step.text, placeOf(frame, step, 'text')))
  const fields: Replied['fields'] = []
  for (const [index, { name, value }] of step.fields.entries()) {
    const place = placeOf(frame, step, `fields[${index}].value`)
    fields.push({ name, value: asText(await evaluateMapping(ctx, value, place)) })
  }
  const output = step.output ? await evaluateMapping(ctx, step.output, placeOf(frame, step, 'output')) : null
  // A function's replies are for its caller.
  const message = frame.calls > 0 ? undefined : await send(ctx, frame, step, { text, fields })
  const replied = { text, fields, output, ...(message !== undefined && { message }) }
  noteOutcome(ctx, frame, step, { status: 'succeeded', output: { ...replied } })
  return replied
}

/** Puts it on its way; answers what others that take its place must know, where there are any. */
async function send(
  ctx: JobsContext,
  frame: Frame,
  step: ReplyStep,
  said: Pick<Replied, 'text' | 'fields'>,
): Promise<string | undefined> {
  const { updates, only_for_its_person } = step
  const before = updates === undefined ? undefined : (frame.scope.steps[updates] as { message?: string } | undefined)
  const replaces = before?.message
  const controls = await renderControls(ctx, frame, step)
  const id = say(frame.run, {
    kind: 'reply',
    message: { ...said, links: [], tone: 'success', ...controls },
    ...(only_for_its_person && { private: true }),
    ...(replaces !== undefined && { replaces }),
  })
  return replaces ?? (updatedIn(frame.part.document).has(step.name) ? id : undefined)
}

/** The replies of a recipe that others take the place of; worked out once for a document that is kept. */
function updatedIn(document: RecipeDocument): ReadonlySet<string> {
  const known = updated.get(document)
  if (known) return known
  const names = stepsInOrder(document).flatMap(({ step }) => (step.kind === 'reply' ? (step.updates ?? []) : []))
  const found = new Set(names)
  updated.set(document, found)
  return found
}
const updated = new WeakMap<RecipeDocument, ReadonlySet<string>>()
