import type { Authentication, Authorization, Credential } from '#connectors/connector.ts'
import type { OutgoingResponse } from '#core/egress.ts'

/** What is shorter than any real token, or than any password, is left: to replace it would only damage answers. */
const SHORTEST_TOKEN = 16
const SHORTEST_TYPED = 8

/**
 * The answer without the credential it was asked with, in body and headers, in every form it was sent or may be spelt in. why: an
 * application that echoes our request would put the credential into the step's output, where people read it.
 */
export function hideSecrets(
  answer: OutgoingResponse,
  used: { credential: Credential; authorization: Authorization; authentication: () => Authentication },
): OutgoingResponse {
  const secrets = secretsOf(used).flatMap(spellings)
  const hide = (text: string) => secrets.reduce((left, secret) => left.replaceAll(secret, '[secret]'), text)
  const headers = new Headers([...answer.headers].map(([name, value]) => [name, hide(value)] as [string, string]))
  return { ...answer, headers, body: hide(answer.body) }
}

function secretsOf({ credential, authorization, authentication }: Parameters<typeof hideSecrets>[1]): string[] {
  const sent = Object.values(authorization.headers).map((value) => value.replace(/^(Bearer|Basic) /, ''))
  const tokens = credential.kind === 'oauth2' ? [credential.accessToken, ...sent] : sent
  return [
    ...tokens.filter((token) => token.length >= SHORTEST_TOKEN),
    ...typedSecrets(credential, authentication).filter((typed) => typed.length >= SHORTEST_TYPED),
  ]
}

/** A user name is no secret: to hide it would damage whatever names its person. */
function typedSecrets(credential: Credential, authentication: () => Authentication): string[] {
  if (credential.kind === 'oauth2') return []
  const how = authentication()
  const fields = how.kind === 'form' ? how.form.fields : []
  return fields.filter(({ secret }) => secret).map(({ name }) => credential.values[name] ?? '')
}

/** As it is, in JSON, and in an address. */
function spellings(secret: string): string[] {
  const encoded = encodeURIComponent(secret)
  const form = new URLSearchParams({ '': secret }).toString().slice(1)
  return [...new Set([secret, JSON.stringify(secret).slice(1, -1), encoded, form])]
}
