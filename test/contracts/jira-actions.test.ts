import { describe, expect, it } from 'vitest'
import { connector } from '../../src/connectors/jira/index.ts'
import { answering } from '../support/answering.ts'
import { boundTo, runAction } from './bound-to.ts'

const CLOUD_ID = '1324a887-45db-4bf4-9e99-ef0ff456d421'
const API = `/ex/jira/${CLOUD_ID}/rest/api/3`
const SITE = 'https://acme.atlassian.net'

const bound = (server: { host: string }) => {
  const settings = { site: SITE, cloud_id: CLOUD_ID, host: `http://${server.host}` }
  return { settings, request: boundTo(connector, { settings, token: 'a-token-of-alice' }) }
}
const act = (server: { host: string }, name: string, input: unknown) =>
  runAction(connector, name, input, bound(server).request)

const paragraph = (text: string) => ({
  type: 'doc',
  version: 1,
  content: [{ type: 'paragraph', content: [{ type: 'text', text }] }],
})

describe('creating an issue', () => {
  it('creates it as the person whose token it is', async () => {
    const self = `https://api.atlassian.com${API}/issue/10000`
    await using server = await answering([201, { id: '10000', key: 'ACME-24', self }])
    const input = { project: 'acme', summary: 'Call Acme', description: 'They asked for a quote.' }
    expect(await act(server, 'create_issue', input)).toEqual({
      id: '10000',
      key: 'ACME-24',
      url: `${SITE}/browse/ACME-24`,
    })
    expect(server.seen).toMatchObject([
      { method: 'POST', path: `${API}/issue`, headers: { authorization: 'Bearer a-token-of-alice' } },
    ])
    expect(server.seen[0]?.body).toEqual({
      fields: {
        project: { key: 'ACME' },
        issuetype: { name: 'Task' },
        summary: 'Call Acme',
        description: paragraph('They asked for a quote.'),
      },
    })
  })

  it('says what was refused', async () => {
    const errors = { project: "You can't create issues in this project." }
    await using server = await answering([400, { errorMessages: [], errors }])
    await expect(act(server, 'create_issue', { project: 'ACME', summary: 'x' })).rejects.toMatchObject({
      code: 'outside_invalid_input',
      message: "Jira: project: You can't create issues in this project.",
    })
  })
})

describe('adding a comment', () => {
  it('adds it to the issue', async () => {
    await using server = await answering([201, { id: '10050', author: { accountId: 'a' } }])
    expect(await act(server, 'add_comment', { issue: 'acme-12', text: 'Signed.' })).toEqual({
      id: '10050',
      url: `${SITE}/browse/ACME-12?focusedCommentId=10050`,
    })
    expect(server.seen).toMatchObject([{ method: 'POST', path: `${API}/issue/ACME-12/comment` }])
    expect(server.seen[0]?.body).toEqual({ body: paragraph('Signed.') })
  })

  it.each([
    '../../../../ffffffff-45db-4bf4-9e99-ef0ff456d421/rest/api/3/issue/EVIL-1',
    'https://api.atlassian.com/ex/jira/ffffffff-45db-4bf4-9e99-ef0ff456d421/rest/api/3/issue/EVIL-1',
    '..',
    'ACME-12/../EVIL-1',
    'ACME-12?x=y',
    '10001',
  ])('sends nothing for what is no key of an issue, such as one at another site: %s', async (issue) => {
    await using server = await answering()
    await expect(act(server, 'add_comment', { issue, text: 'x' })).rejects.toThrow('the key of an issue')
    expect(server.seen).toEqual([])
  })
})

describe('searching issues', () => {
  const issue = (n: number) => ({
    id: `1000${n}`,
    key: `ACME-${n}`,
    fields: {
      summary: `Quote ${n}`,
      status: { name: 'To Do' },
      assignee: n === 1 ? { accountId: 'a', displayName: 'Mia Krystof' } : null,
      updated: '2026-11-20T10:00:00.000+0000',
    },
  })

  it('finds them page by page, up to the limit', async () => {
    await using server = await answering(
      [200, { issues: [issue(1), issue(2)], nextPageToken: 'next', isLast: false }],
      [200, { issues: [issue(3)], nextPageToken: 'more', isLast: false }],
    )
    const { issues } = await act(server, 'search_issues', { text: 'a "quote"', project: 'ACME', limit: '3' })
    expect(issues).toHaveLength(3)
    expect(issues).toMatchObject([
      { key: 'ACME-1', summary: 'Quote 1', status: 'To Do', assignee: 'Mia Krystof', url: `${SITE}/browse/ACME-1` },
      { key: 'ACME-2', assignee: null },
      { key: 'ACME-3' },
    ])
    const jql = 'project = "ACME" AND text ~ "a quote" ORDER BY updated DESC'
    expect(server.seen).toMatchObject([
      { method: 'POST', path: `${API}/search/jql`, body: { jql, maxResults: 3 } },
      { path: `${API}/search/jql`, body: { jql, maxResults: 1, nextPageToken: 'next' } },
    ])
    expect(server.seen[0]?.body).not.toHaveProperty('nextPageToken')
  })

  it('stops at an empty page, and at the last', async () => {
    await using empty = await answering([200, { issues: [], nextPageToken: 'again' }])
    expect(await act(empty, 'search_issues', { assignee: 'me' })).toEqual({ issues: [] })
    await using last = await answering([200, { issues: [issue(1)], isLast: true }])
    expect(await act(last, 'search_issues', { assignee: 'me' })).toMatchObject({ issues: [{ key: 'ACME-1' }] })
  })

  it('never searches through everything', async () => {
    await using server = await answering()
    for (const input of [{}, { status: 'open' }, { text: '*' }])
      await expect(act(server, 'search_issues', input)).rejects.toThrow()
    expect(server.seen).toEqual([])
  })
})

describe('whose account it is', () => {
  const ask = async (server: { host: string }) => {
    const { settings, request } = bound(server)
    const parsed = connector.settings.parse(settings)
    const authentication = connector.authentication(parsed)
    if (authentication.kind !== 'oauth2') throw new Error('it is not OAuth')
    const answer = await request(authentication.server.identity)
    return connector.readAccount(answer.json, { settings: parsed, shown: {} })
  }

  it("is asked at the parent's site", async () => {
    const myself = { accountId: '5b10a2844c20165700ede21g', displayName: 'Mia Krystof', accountType: 'atlassian' }
    await using server = await answering([200, myself])
    expect(await ask(server)).toMatchObject({ id: '5b10a2844c20165700ede21g' })
    expect(server.seen).toMatchObject([{ method: 'GET', path: `${API}/myself` }])
  })

  it.each([401, 403, 404])('is refused where they agreed to another site alone, told by %i', async (status) => {
    await using server = await answering([status, { code: status, message: 'Unauthorized' }])
    await expect(ask(server)).rejects.toMatchObject({
      name: 'OutsideError',
      retryable: false,
      httpStatus: status,
      message: expect.stringContaining('Choose the site of this connection'),
    })
  })
})
