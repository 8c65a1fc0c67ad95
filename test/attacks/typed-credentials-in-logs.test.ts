import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ConnectionId } from '../../src/core/ids.ts'
import { startTestBehalf, type TestBehalf } from '../support/behalf.ts'
import { type KeyApplication, startKeyApplication } from '../support/key-application.ts'
import { keySettings, writeNote } from '../support/key-stage.ts'
import { findPlanted } from '../support/planted.ts'
import { jobEnded, startJob } from '../support/run.ts'
import { addParent } from '../support/things-stage.ts'

const KEY = createHash('sha256').update('typed').digest('base64url').slice(0, 24)
const planted = [{ what: 'typed credential', value: KEY }]

let behalf: TestBehalf
let application: KeyApplication
beforeAll(async () => {
  application = await startKeyApplication()
  behalf = await startTestBehalf({ otherHosts: [application.host] })
})
afterAll(async () => {
  await behalf.stop()
  await application[Symbol.asyncDispose]()
})

test.each([
  ['api_key_in_query', 'api_key'],
  ['api_key_in_header', 'X-API-Key'],
  ['bearer', 'X-API-Key'],
  ['basic_key', 'X-API-Key'],
])(
  'planted-secrets-in-logs: a typed credential (%s), whatever the application makes of it',
  async (authentication, parameter) => {
    const settings = { ...keySettings(application.url), authentication, parameter }
    const parent = await addParent(behalf, { name: 'Notes', connector: 'generic-http', settings })
    const answers = await connectInEveryWay(parent)
    answers.push(...(await runInEveryWay(parent)))
    answers.push(JSON.stringify((await behalf.owner.api('GET', '/audit_events?limit=100')).body))
    expect(findPlanted(planted, answers.join('\n'))).toEqual([])
    expect(findPlanted(planted, behalf.log.join('\n'))).toEqual([])
  },
)

/** The application, which tells the key in every answer, refuses, fails, redirects, and at last accepts it. */
async function connectInEveryWay(parent: ConnectionId): Promise<string[]> {
  const connect = async () =>
    JSON.stringify(await behalf.owner.api('POST', `/connections/${parent}/connect`, { credential: { key: KEY } }))
  const answers: string[] = []
  for (const status of [302, 400, 401, 403, 404, 418, 429, 500, 503]) {
    application.failNext(1, status)
    answers.push(await connect())
  }
  application.keys.set('alice', KEY)
  answers.push(await connect())
  expect(answers.at(-1)).toContain('"status":200')
  return answers
}

/** Jobs that succeed with the key echoed to them, and that fail in each way. */
async function runInEveryWay(parent: ConnectionId): Promise<string[]> {
  const { owner } = behalf
  const document = writeNote(parent)
  const recipe = await behalf.addRecipe({
    ...document,
    trigger: { kind: 'api', parameters: [{ name: 'text', type: 'text' }] },
    connections: { notes: { connector: 'generic-http', connection_id: parent, personal: false } },
  })
  const answers: string[] = []
  for (const [status, end] of [
    [200, 'succeeded'],
    [302, 'failed'],
    [422, 'failed'],
    [500, 'failed'],
  ] as const) {
    if (status !== 200) application.failNext(9, status)
    const job = await startJob(owner, recipe, { text: 'Whatever' })
    expect(await jobEnded(owner, job)).toMatchObject({ status: end })
    application.failNext(0, status)
    answers.push(JSON.stringify((await owner.api('GET', `/jobs/${job}`)).body))
  }
  return answers
}
