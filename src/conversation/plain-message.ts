import type { Message } from '#surfaces/surface.ts'

/** A message of text alone. */
export function plainMessage(text: string, tone: Message['tone'] = 'neutral'): Message {
  return { text, fields: [], links: [], tone }
}
