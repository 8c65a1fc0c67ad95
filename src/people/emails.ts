import { UserError } from '#core/errors.ts'

// The forms of RFC 5321 that are in use: a dot-atom and a host name (https://www.rfc-editor.org/rfc/rfc5321#section-4.1.2).
// Quoted local parts and address literals are refused: nobody signs in with one.
const LOCAL_PART = /^[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+(\.[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u
const HOST_LABEL = /^[\p{L}\p{N}]([\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?$/u

/** An e-mail address as it is kept: trimmed, the person's own spelling. Anything else is `invalid_email`. */
export function checkEmail(text: string): string {
  const email = text.trim().normalize('NFC')
  if (!isEmail(email)) {
    throw new UserError('invalid_email', 'Give an e-mail address like alice@example.com.', { status: 422 })
  }
  return email
}

/** How e-mail addresses are compared: `Alice@Acme.com ` and `alice@acme.com` are one. */
export function normalizeEmail(text: string): string {
  return text.trim().normalize('NFC').toLowerCase()
}

/** Whether the text, trimmed already, has the shape of an e-mail address. Takes linear time. */
export function isEmail(email: string): boolean {
  const at = email.lastIndexOf('@')
  const [local, host] = [email.slice(0, at), email.slice(at + 1)]
  if (at < 1 || email.length > 254 || local.length > 64) return false
  return LOCAL_PART.test(local) && host.split('.').every((label) => HOST_LABEL.test(label))
}
