import { expect, it } from 'vitest'
import { readAccount } from './account.ts'

it('knows a person by workspace and user', () => {
  const identity = {
    ok: true,
    url: 'https://acme.slack.com/',
    team: 'Acme',
    user: 'alice',
    team_id: 'T1',
    user_id: 'U1',
  }
  expect(readAccount(identity)).toEqual({ id: 'T1/U1', label: 'alice at Acme', email: null })
  expect(readAccount({ ...identity, team_id: 'T2' }).id).not.toBe('T1/U1')
})

it('says what Slack refused', () => {
  expect(() => readAccount({ ok: false, error: 'token_revoked' })).toThrow(/token_revoked/)
})
