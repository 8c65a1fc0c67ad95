// why: characters that control, turn the direction of writing or take no room let a name pretend to be another, in lists, mails and on
// pages that ask for leave. The joiners that some scripts need (U+200C, U+200D) stay.
const ODD = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|(?![\u200c\u200d])\p{Cf}/u

/** Whether a text of one line is what it looks like: nothing in it is invisible, breaks the line or turns the direction of writing. */
export const showsPlainly = (text: string): boolean => !ODD.test(text)
