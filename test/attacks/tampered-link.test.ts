import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Stage, startStage } from '../support/stage.ts'
import { post } from '../support/trip.ts'

let stage: Stage
let link: string
beforeAll(async () => {
  stage = await startStage()
  link = await stage.ask(stage.alice, 'Tampered')
})
afterAll(() => stage.stop())

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** The token with the lowest bit of one of its characters turned. */
function turnBit(token: string, at: number): string {
  const changed = ALPHABET[ALPHABET.indexOf(token[at] ?? '') ^ 1]
  return token.slice(0, at) + changed + token.slice(at + 1)
}

const TOKENS: [string, (token: string) => string][] = [
  ['with a bit turned at the beginning', (token) => turnBit(token, 0)],
  ['with a bit turned in the middle', (token) => turnBit(token, 21)],
  // The last character of 256 bits in base 64 has two that mean nothing.
  ['with a bit turned that means nothing', (token) => turnBit(token, 42)],
  ['without its last character', (token) => token.slice(0, -1)],
  ['cut in half', (token) => token.slice(0, 21)],
  ['twice', (token) => token + token],
  ['in capitals', (token) => token.toUpperCase()],
  ['padded', (token) => `${token}=`],
  ['with a space behind it', (token) => `${token}%20`],
  ['with a zero byte behind it', (token) => `${token}%00`],
  ['with a path behind it', (token) => `${token}%2f..`],
  ['as standard base 64', (token) => encodeURIComponent(Buffer.from(token, 'base64url').toString('base64'))],
  ['in hexadecimal', (token) => Buffer.from(token, 'base64url').toString('hex')],
  ['as anything', () => '%25'],
  ['as nothing SQL would match', () => "'%20or%20true--"],
  ['as broken UTF-8', () => '%ff%fe'],
  ['of ten thousand characters', () => 'A'.repeat(10_000)],
]

test.each(TOKENS)('tampered-link: %s leads nowhere', async (_how, tamper) => {
  stage.advance(61_000)
  const refused = (await stage.audit('connect.link_refused')).length
  const url = new URL(link)
  const token = url.pathname.split('/').at(-1) ?? ''
  const address = `${url.origin}/connect/l/${tamper(token)}`
  expect((await stage.alice.browser.fetch(address)).status).toBe(404)
  expect((await post(stage.alice.browser, address, { do: 'decline' })).status).toBe(404)
  expect(await stage.audit('connect.link_refused')).toHaveLength(refused + 2)
  await expectUntouched()
})

async function expectUntouched(): Promise<void> {
  expect(await stage.attempts()).toBe(0)
  expect(await stage.audit('connect.link_spent')).toEqual([])
  expect(await stage.audit('connect.declined')).toEqual([])
}

test.each([
  ['the id of a request', async () => (await idsOf('connect_requests'))[0]],
  ['the id of the visit', async () => (await idsOf('connect_visits'))[0]],
  ['the id of a person', async () => stage.alice.person.id],
])('tampered-link: %s is no link', async (_what, id) => {
  stage.advance(61_000)
  expect((await stage.alice.browser.fetch(`${stage.url.origin}/connect/l/${await id()}`)).status).toBe(404)
  await expectUntouched()
})

async function idsOf(table: 'connect_requests' | 'connect_visits'): Promise<string[]> {
  const rows = await stage.database.db.selectFrom(table).select('id').execute()
  return rows.map(({ id }) => id)
}

test('tampered-link: no way of writing the path opens the page to Mallory, or brings the server down', async () => {
  const [visit] = await idsOf('connect_visits')
  const token = new URL(link).pathname.split('/').at(-1) ?? ''
  const paths = [
    ...[`/connect/l/${token}/`, `/connect//l/${token}`, `/CONNECT/L/${token}`, `/connect/l/${token}%2f`],
    ...[`/connect/l/x/../../v/${visit}`, `/connect/l/%2e%2e/v/${visit}`, `/connect/l/..%2fv%2f${visit}`],
    ...[`/connect/v/${visit}%00`, '/connect/v/%00', `/connect/v/${visit?.toUpperCase()}`, '/connect/v/%ff'],
    ...['/connect/v/vis_', '/connect/callback/%00?state=x&code=y', '/connect/callback/x?state=%00', '/connect/l/%00'],
  ]
  for (const path of paths)
    for (const method of ['GET', 'POST']) {
      stage.advance(61_000)
      const answer = await stage.mallory.browser.fetch(stage.url.origin + path, {
        method,
        headers: { origin: stage.url.origin },
        ...(method === 'POST' && { body: new URLSearchParams({ do: 'decline' }) }),
      })
      expect(answer.status, path).toBeLessThan(500)
      expect(await answer.text(), path).not.toMatch(/<form[^>]*connect/)
    }
  await expectUntouched()
  await stage.expectAliceCanConnect(link, 'Tampered')
})
