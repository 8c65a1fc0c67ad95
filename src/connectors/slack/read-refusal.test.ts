import { expect, it } from 'vitest'
import { readError, readRefusal } from './read-refusal.ts'

const headers = new Headers()

it.each([
  ['token_revoked', 'outside_unauthorized', false],
  ['token_expired', 'outside_unauthorized', false],
  ['account_inactive', 'outside_unauthorized', false],
  ['channel_not_found', 'outside_not_found', false],
  ['users_not_found', 'outside_not_found', false],
  ['not_in_channel', 'outside_forbidden', false],
  ['restricted_action_read_only_channel', 'outside_forbidden', false],
  ['msg_too_long', 'outside_invalid_input', false],
  ['ratelimited', 'outside_rate_limited', true],
  ['internal_error', 'outside_unavailable', true],
  ['something_new', 'outside_refused', false],
])('%s in an answer of 200 is %s', (error, code, retryable) => {
  expect(readRefusal({ status: 200, headers, json: { ok: false, error } })).toMatchObject({ code, retryable })
})

it('names the permission that is missing', () => {
  const json = { ok: false, error: 'missing_scope', needed: 'channels:history', provided: 'chat:write' }
  expect(readRefusal({ status: 200, headers, json })?.message).toContain('channels:history')
})

it('reads nothing into what is no refusal', () => {
  for (const json of [{ ok: true }, null, [], 'x', { ok: false }])
    expect(readRefusal({ status: 200, headers, json })).toBeNull()
})

it('carries how long a limit lasts', () => {
  const limited = { url: 'https://slack.com/', status: 429, headers: new Headers({ 'retry-after': '30' }), text: '' }
  for (const json of [null, { ok: false, error: 'ratelimited' }])
    expect(readError({ ...limited, json })).toMatchObject({ code: 'outside_rate_limited', retryAfterMs: 30_000 })
})
