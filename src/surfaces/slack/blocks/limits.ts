/** What Slack takes at most: blocks of a message, elements of a row, characters. docs.slack.dev/reference/block-kit */
export const LIMITS = {
  blocks: 50,
  homeBlocks: 100,
  elements: 25,
  text: 3000,
  field: 2000,
  label: 75,
  value: 2000,
  confirm: 300,
  confirmLabel: 30,
  notification: 500,
  title: 24,
  inputLabel: 2000,
  hint: 150,
  options: 100,
  optionLabel: 75,
  optionValue: 150,
  metadata: 3000,
} as const

/** Cut to so many characters, with an ellipsis for what is missing. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text
  const kept = text.slice(0, most - 1)
  // why: half of a character of two code units is none.
  return `${/[\uD800-\uDBFF]$/.test(kept) ? kept.slice(0, -1) : kept}…`
}
