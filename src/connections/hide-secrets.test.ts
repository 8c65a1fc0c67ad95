import { expect, it } from 'vitest'
import type { Authentication, Credential } from '#connectors/connector.ts'
import { hideSecrets } from './hide-secrets.ts'

const FORM: Authentication = {
  kind: 'form',
  form: {
    fields: [
      { name: 'user', label: 'User', hint: 'You.', secret: false },
      { name: 'key', label: 'Key', hint: 'Yours.', secret: true },
    ],
    identity: { method: 'GET', url: 'https://acme.test/me' },
  },
}
const USER = 'alice.of.the.long.name@acme.test'
const typed = (key: string): Credential => ({ kind: 'form', values: { user: USER, key } })

function hidden(body: string, credential: Credential, headers: Record<string, string> = {}) {
  const query: Record<string, string> = credential.kind === 'form' ? { api_key: credential.values.key ?? '' } : {}
  const authorization = { headers: {}, query }
  const answer = { status: 200, headers: new Headers(headers), body }
  return hideSecrets(answer, { credential, authorization, authentication: () => FORM })
}

it('hides a typed secret in body and headers, in the spellings in which it could stand there', () => {
  const key = 'a "key" & 100%'
  const spelt = [key, JSON.stringify(key).slice(1, -1), encodeURIComponent(key), 'a+%22key%22+%26+100%25']
  for (const each of spelt) expect(hidden(`{"echo":"${each}"}`, typed(key)).body).toBe('{"echo":"[secret]"}')
  const { headers } = hidden('', typed(key), { link: `<https://acme.test/?api_key=${spelt[2]}&page=2>; rel="next"` })
  expect(headers.get('link')).toBe('<https://acme.test/?api_key=[secret]&page=2>; rel="next"')
})

it('leaves a user name, and what is too short to be a password, as they are', () => {
  const body = `{"owner":"${USER}","kind":"short"}`
  expect(hidden(body, typed('short')).body).toBe(body)
})

it('hides an access token wherever it was sent', () => {
  const accessToken = 'an-access-token-of-acme'
  const authorization = { headers: { authorization: `Bearer ${accessToken}` }, query: {} }
  const answer = { status: 200, headers: new Headers(), body: `you said ${accessToken}` }
  const credential = { kind: 'oauth2', accessToken } as const
  expect(hideSecrets(answer, { credential, authorization, authentication: () => FORM }).body).toBe('you said [secret]')
})
