/** A text that is an expression as a whole, white space around allowed: `{{= $sum(trigger.lines.price) }}`. */
const EXPRESSION = /^\s*\{\{=([\s\S]*)\}\}\s*$/

/** The JSONata of a text that is an expression; undefined for any other text. */
export function expressionIn(text: string): string | undefined {
  return EXPRESSION.exec(text)?.[1]?.trim()
}
