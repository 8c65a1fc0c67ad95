export interface Mail {
  /** Addresses and nothing else: `readMailAddresses` has read them. */
  to: string[]
  /** Without control characters. */
  subject: string
  text: string
}

/**
 * A message as RFC 5322 has it, in plain text. Whatever the subject and the text hold, no header but these comes of it: both are encoded
 * (RFC 2047, base64), so that neither can end a line. The sender is Gmail's to say.
 */
export function mailMessage({ to, subject, text }: Mail): string {
  return [
    `To: ${to.join(',\r\n ')}`,
    `Subject: ${encodedWords(subject)}`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=UTF-8',
    'Content-Transfer-Encoding: base64',
    '',
    ...(base64(text.replace(/\r?\n/g, '\r\n')).match(/.{1,76}/g) ?? []),
  ].join('\r\n')
}

/** Encoded words of at most 75 characters, none of which cuts a character in two. */
function encodedWords(text: string): string {
  const words = ['']
  for (const character of text) {
    const longer = words.at(-1) + character
    if (Buffer.byteLength(longer) > 45) words.push(character)
    else words[words.length - 1] = longer
  }
  return words.map((word) => `=?UTF-8?B?${base64(word)}?=`).join('\r\n ')
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')
