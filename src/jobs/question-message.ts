import type { AskStep } from '#recipes/step.ts'
import type { Message } from '#surfaces/surface.ts'

/** A step's question, with what can be answered, for every surface. */
export function questionMessage({ choices, form }: AskStep, text: string): Message {
  const answers = choices
    ? `Answer with one of: ${choices.map(({ label }) => label).join(', ')}.`
    : `Answer with: ${form?.map(({ name, label }) => label ?? name).join(', ')}.`
  return { text: `${text}\n${answers}`, fields: [], links: [], tone: 'neutral' }
}
