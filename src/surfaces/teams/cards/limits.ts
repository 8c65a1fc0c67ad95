/** What a card may weigh, in bytes of JSON. Teams takes 28 KB. learn.microsoft.com/microsoftteams/platform/bots/how-to/format-your-bot-messages */
export const CARD_BYTES = 24_000

export const LIMITS = { text: 8000, value: 2000, label: 60, choices: 100, buttons: 6 } as const

/** Cut to so many characters, with an ellipsis for what is missing. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text
  const kept = text.slice(0, Math.max(0, most - 1))
  // why: half of a character of two code units is none.
  return `${/[\uD800-\uDBFF]$/.test(kept) ? kept.slice(0, -1) : kept}…`
}
