const OPEN = '{{='
const CLOSE = '}}'

/** The JSONata of a text that is an expression as a whole, white space around allowed: `{{= $sum(trigger.lines.price) }}`. Else undefined. */
export function expressionIn(text: string): string | undefined {
  if (!text.includes(OPEN)) return undefined
  const trimmed = text.trim()
  if (!trimmed.startsWith(OPEN) || !trimmed.endsWith(CLOSE)) return undefined
  return trimmed.slice(OPEN.length, -CLOSE.length).trim()
}
