import type { Message, Reaction } from '#surfaces/surface.ts'

/** Messages, and nothing to fill in. */
export const sayThat = (...messages: Message[]): Reaction => ({ messages, replaces: false, form: null })

/** A message in the place of the one whose button was pressed. */
export const replaceBy = (message: Message): Reaction => ({ messages: [message], replaces: true, form: null })
