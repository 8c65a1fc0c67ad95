import { type AnswerDialog, keepDialog } from '#commands/chat/dialogs.ts'
import { type Parameter, readParameter } from '#commands/chat/find-commands.ts'
import type { CommandsContext } from '#commands/context.ts'
import { answerJob, CANCEL, fieldWords, type OpenQuestion } from '#commands/jobs/answer-job.ts'
import { cancelJob } from '#commands/jobs/cancel-job.ts'
import type { Message } from '#surfaces/surface.ts'
import type { Said } from './converse.ts'
import { plainMessage } from './plain-message.ts'
import { mayBeValue, type Understood } from './understand.ts'

/** Whether a line that is no command is an answer: also a word of the chat itself, where it is one of the choices. */
export function isMeantFor(question: OpenQuestion, text: string, understood: Understood): boolean {
  const { kind } = understood
  if (kind === 'unknown' || kind === 'cancel' || isChoice(question, text)) return true
  return question.form !== null && mayBeValue(understood)
}

/**
 * Answers what a job asks: by one of its choices, or by the fields of its form one after the other, of which this line is the first or the
 * one that `dialog` asked for. `cancel` ends the job. Throws what `answerJob` throws.
 */
export async function answerInChat(
  ctx: CommandsContext,
  said: Said,
  question: OpenQuestion,
  dialog?: AnswerDialog,
): Promise<Message[]> {
  const { jobId: id, step, form } = question
  const text = said.text.trim()
  if (/^cancel$/i.test(text) && !isChoice(question, text)) {
    await cancelJob(ctx, said.actor, id)
    return []
  }
  if (form) return fillIn(ctx, said, question, { form, dialog })
  await answerJob(ctx, said.actor, { id, step, said: text })
  return [THANKS]
}

const THANKS = plainMessage('Thank you. It goes on.')

function isChoice({ choices }: OpenQuestion, text: string): boolean {
  const line = text.trim().toLowerCase()
  return choices?.some(({ label, value }) => line === label.toLowerCase() || line === value.toLowerCase()) ?? false
}

interface FormSoFar {
  form: Parameter[]
  dialog: AnswerDialog | undefined
}

async function fillIn(
  ctx: CommandsContext,
  said: Said,
  { jobId, step }: OpenQuestion,
  { form, dialog }: FormSoFar,
): Promise<Message[]> {
  const index = Math.max(
    0,
    form.findIndex(({ name }) => name === dialog?.asked),
  )
  const field = form[index] as Parameter
  const isSkipped = !field.required && /^\s*skip\s*$/i.test(said.text)
  const read = isSkipped ? { value: undefined } : readParameter(field, said.text)
  const given = { ...dialog?.given, ...(!isSkipped && !('problem' in read) && { [field.name]: said.text.trim() }) }
  const next = 'problem' in read ? field : form[index + 1]
  if (!next) {
    await answerJob(ctx, said.actor, { id: jobId, step, values: given })
    return [THANKS]
  }
  const { conversation } = said
  await keepDialog(ctx, said.actor, { conversation, dialog: { jobId, step, given, asked: next.name } })
  return [askFor(next, 'problem' in read ? read.problem : null)]
}

function askFor(field: Parameter, problem: string | null): Message {
  const optional = field.required ? '' : ' Say “skip” to leave it out.'
  return plainMessage(`${problem ? `That ${problem}. ` : ''}${fieldWords(field)}${optional} ${CANCEL}`)
}
