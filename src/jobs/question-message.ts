import type { JobId } from '#core/ids.ts'
import type { AskStep, Parameter } from '#recipes/step.ts'
import type { Message, Press } from '#surfaces/surface.ts'

/**
 * A step's question, with what can be answered, for every surface: in words, or by its buttons. Of a form the words ask for the first field;
 * the others follow.
 */
export function questionMessage(
  { choices, form, jobId, step }: Pick<AskStep, 'choices' | 'form'> & { jobId: JobId; step: string },
  text: string,
): Message {
  const [first] = form ?? []
  const answers = first ? fieldWords(first) : `Answer with one of: ${choices?.map(({ label }) => label).join(', ')}.`
  const presses: [string, Press][] = first
    ? [['Answer', { do: 'fill_in', job: jobId, step }]]
    : (choices ?? []).map(({ label, value }) => [label, { do: 'choose', job: jobId, step, choice: value }])
  const buttons = presses.map(([label, press]) => ({ label, press, style: 'plain' as const, confirm: null }))
  return { text: `${text}\n${answers} ${CANCEL}`, fields: [], links: [], tone: 'neutral', buttons }
}

/** What to say to be asked no more. */
export const CANCEL = '(Say “cancel” to end the job.)'

/** Asks for one field in words. */
export function fieldWords({ name, label, hint, choices, type }: Parameter): string {
  const options = type === 'choice' ? ` One of: ${choices?.join(', ')}.` : type === 'boolean' ? ' Yes or no.' : ''
  return `${label ?? name}?${hint ? ` ${hint}.` : ''}${options}`
}
