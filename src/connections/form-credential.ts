import { createHmac } from 'node:crypto'
import type { CredentialForm } from '#connectors/connector.ts'
import { OutsideError, UserError } from '#core/errors.ts'
import { Secret } from '#core/secret.ts'
import type { Tokens } from './grant.ts'

const MAX_CHARACTERS = 4000

/**
 * What was typed into a form, as tokens to be tried at the application and stored. Refuses with `UserError('credential_invalid')`, which
 * names the field and never what stands in it.
 */
export function readTypedCredential({ fields }: CredentialForm, typed: Readonly<Record<string, unknown>>): Tokens {
  const values = Object.fromEntries(fields.map((field) => [field.name, readField(field, typed[field.name])]))
  return {
    connectedBy: 'form',
    accessToken: new Secret(JSON.stringify(values)),
    refreshToken: null,
    scopes: [],
    askedScopes: [],
    accessExpiresAt: null,
    response: {},
  }
}

function readField({ name, label }: CredentialForm['fields'][number], value: unknown): string {
  // why: what is pasted comes with spaces around it, and no application takes them for a part of a credential.
  const text = typeof value === 'string' ? value.trim() : ''
  if (text === '') throw invalid(`Fill in “${label}”.`, name)
  if (text.length > MAX_CHARACTERS) throw invalid(`“${label}” is too long.`, name)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(text))
    throw invalid(`“${label}” holds a line break or another control character.`, name)
  return text
}

const invalid = (message: string, field: string): UserError =>
  new UserError('credential_invalid', message, { status: 422, details: { field } })

const SHOWN_OF_SECRET = 4
const LONG_ENOUGH = 20

/**
 * What was typed as it may be shown: a secret by a fingerprint that cannot be made, or tried out, without `pepper`, and by its last four
 * characters when it has 20 and more.
 */
export function shownFields(
  { fields }: CredentialForm,
  values: Readonly<Record<string, string>>,
  pepper: Secret,
): Record<string, string> {
  return Object.fromEntries(
    fields.map(({ name, secret }) => [name, secret ? nameOfSecret(values[name] ?? '', pepper) : (values[name] ?? '')]),
  )
}

function nameOfSecret(value: string, pepper: Secret): string {
  const fingerprint = createHmac('sha256', pepper.reveal()).update(value).digest('hex').slice(0, 12)
  return value.length < LONG_ENOUGH ? fingerprint : `ending ${value.slice(-SHOWN_OF_SECRET)} (${fingerprint})`
}

/** Whether the application says that the credential itself is wrong, rather than that something else is. */
export function isWrongCredential(error: unknown): error is OutsideError {
  return error instanceof OutsideError && [400, 401, 403].includes(error.httpStatus ?? 0)
}
