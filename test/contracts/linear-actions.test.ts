import { afterAll, beforeAll, expect, it } from 'vitest'
import { connector } from '../../src/connectors/linear/index.ts'
import { answering } from '../support/answering.ts'
import { TOKENS } from '../support/emulated/application.ts'
import { type Emulated, startEmulated } from '../support/emulated.ts'
import { boundTo, runAction } from './bound-to.ts'

let linear: Emulated
beforeAll(async () => {
  linear = await startEmulated('linear')
})
afterAll(() => linear.stop())

const act = (name: string, input: unknown, url = linear.url, token = TOKENS.alice) =>
  runAction(connector, name, input, boundTo(connector, { settings: { host: url }, token }))

it('creates an issue as the person, comments on it, and finds it', async () => {
  const issue = await act('create_issue', { team: 'eng', title: 'The form is "broken"', text: '*Steps*' })
  expect(issue).toMatchObject({ identifier: expect.stringMatching(/^ENG-\d+$/), author: 'Alice Ng' })
  const comment = await act('comment_on_issue', { issue: issue.identifier, text: 'Seen.' })
  expect(comment).toMatchObject({ id: expect.any(String), url: issue.url })
  const { issues } = await act('search_issues', { title: 'is "broken"' })
  expect(issues).toMatchObject([{ identifier: issue.identifier, title: 'The form is "broken"' }])
})

it('keeps what people give out of the query', async () => {
  await using server = await answering([200, { data: { issues: { nodes: [] } } }])
  const title = '"}) { nodes { id } } viewer { email } #'
  expect(await act('search_issues', { title }, `http://${server.host}`)).toEqual({ issues: [] })
  const { query, variables } = (server.seen[0]?.body ?? {}) as { query?: string; variables?: object }
  expect(query).not.toContain('viewer')
  expect(variables).toMatchObject({ filter: { title: { containsIgnoreCase: title } } })
})

it('says so when there is no such team, and what Linear refused', async () => {
  await expect(act('create_issue', { team: 'NONE', title: 'x' })).rejects.toMatchObject({ code: 'outside_not_found' })
  const dead = act('search_issues', { title: 'x' }, linear.url, 'a-token-that-was-revoked')
  await expect(dead).rejects.toMatchObject({ code: 'outside_unauthorized', message: 'Linear: Authentication required' })
})
