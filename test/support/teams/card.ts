// biome-ignore lint/suspicious/noExplicitAny: cards are looked through, whatever they hold
type Json = any

export interface CardAction {
  type: string
  title: string
  url?: string
  verb?: string
  data?: Record<string, Json>
}

/** Everything in a card that can be pressed, also what stands behind a question. */
export function actionsIn(card: Json): CardAction[] {
  return everyObject(card).filter(({ type }) => /^Action\.(Execute|Submit|OpenUrl)$/.test(type))
}

/** The inputs of a card. */
export function inputsIn(card: Json): { id: string; type: string; choices: { title: string; value: string }[] }[] {
  return everyObject(card)
    .filter(({ type }) => /^Input\./.test(type))
    .map(({ id, type, choices = [] }) => ({ id, type, choices }))
}

/** All that is to be read on it. */
export function textOf(card: Json): string {
  return everyObject(card)
    .flatMap(({ text, title, label, placeholder }) => [text, title, label, placeholder])
    .filter((text) => typeof text === 'string')
    .join('\n')
}

export const urlsIn = (card: Json): string[] => actionsIn(card).flatMap(({ url }) => (url === undefined ? [] : [url]))

function everyObject(value: Json): Json[] {
  if (Array.isArray(value)) return value.flatMap(everyObject)
  if (value === null || typeof value !== 'object') return []
  return [value, ...Object.values(value).flatMap(everyObject)]
}
