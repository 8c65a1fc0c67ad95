import { expect, it } from 'vitest'
import { type OAuthRows, oauthAdapter } from './oauth-adapter.ts'

const DAY = 86_400
const TOKEN = { accountId: 'alice', clientId: 'behalf', grantId: 'g-1' }

function adapters(rows: OAuthRows = {}) {
  const make = oauthAdapter({ rows, saved: async () => {}, findClient: () => undefined })
  return { rows, tokens: make('RefreshToken'), access: make('AccessToken'), grants: make('Grant') }
}

it('lets a refresh token be consumed once, and ends its grant at the second try even when both saw it unused', async () => {
  const { tokens, access, grants } = adapters()
  await grants.upsert('g-1', { accountId: 'alice' }, DAY)
  await tokens.upsert('r-1', TOKEN, DAY)
  await access.upsert('a-1', TOKEN, DAY)
  await Promise.all([tokens.find('r-1'), tokens.find('r-1')])
  await tokens.consume('r-1')
  expect(await tokens.find('r-1')).toMatchObject({ consumed: expect.any(Number) })
  await expect(tokens.consume('r-1')).rejects.toMatchObject({ error: 'invalid_grant' })
  expect(await grants.find('g-1')).toBeUndefined()
  expect(await access.find('a-1')).toBeUndefined()
})

it('keeps no credential in clear', async () => {
  const { rows, tokens } = adapters()
  await tokens.upsert('the-refresh-token', { ...TOKEN, jti: 'the-refresh-token' }, DAY)
  expect(JSON.stringify(rows)).not.toContain('the-refresh-token')
  expect(await tokens.find('the-refresh-token')).toMatchObject({ ...TOKEN, jti: 'the-refresh-token' })
})

it('finds nothing that has expired, and forgets it when more comes', async () => {
  const { rows, access } = adapters()
  await access.upsert('old', TOKEN, DAY)
  for (const row of Object.values(rows.AccessToken!)) row.expiresAt = Date.now() - 1
  expect(await access.find('old')).toBeUndefined()
  await access.upsert('new', TOKEN, DAY)
  expect(Object.keys(rows.AccessToken!)).toHaveLength(1)
})
