import type { AskStep, Parameter } from '#recipes/step.ts'
import type { Message } from '#surfaces/surface.ts'

/** A step's question, with what can be answered, for every surface. Of a form it asks the first field; the others follow. */
export function questionMessage({ choices, form }: Pick<AskStep, 'choices' | 'form'>, text: string): Message {
  const [first] = form ?? []
  const answers = first ? fieldWords(first) : `Answer with one of: ${choices?.map(({ label }) => label).join(', ')}.`
  return { text: `${text}\n${answers} ${CANCEL}`, fields: [], links: [], tone: 'neutral' }
}

/** What to say to be asked no more. */
export const CANCEL = '(Say “cancel” to end the job.)'

/** Asks for one field in words. */
export function fieldWords({ name, label, hint, choices, type }: Parameter): string {
  const options = type === 'choice' ? ` One of: ${choices?.join(', ')}.` : type === 'boolean' ? ' Yes or no.' : ''
  return `${label ?? name}?${hint ? ` ${hint}.` : ''}${options}`
}
