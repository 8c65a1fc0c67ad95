import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestBehalf, type TestBehalf } from '../support/behalf.ts'
import { type Loopback, loopbackHttp } from '../support/loopback.ts'
import { jobEnded, startJob } from '../support/run.ts'
import { addParent } from '../support/things-stage.ts'

const LEVELS = 200_000

let behalf: TestBehalf
let application: Loopback
let asked: string[] = []

beforeAll(async () => {
  application = await loopbackHttp((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    const deep = `${'['.repeat(LEVELS)}${']'.repeat(LEVELS)}`
    response.writeHead(200, { 'content-type': 'application/json' }).end(request.url === '/me' ? '{}' : deep)
  })
  behalf = await startTestBehalf({ otherHosts: [application.host] })
})
afterAll(async () => {
  await behalf.stop()
  await application[Symbol.asyncDispose]()
})

test.each([
  ['get', { url: '/deep' }, 'GET', 'outside_malformed'],
  ['send_request', { url: '/deep', json: {} }, 'POST', 'outcome_unknown'],
])(
  'provider-misbehaves: an answer that nests without end fails the step (%s), and it is asked once',
  async (action, input, method, code) => {
    const settings = { base_url: `http://${application.host}`, authentication: 'bearer', test_path: '/me' }
    const parent = await addParent(behalf, { name: action, connector: 'generic-http', settings })
    await behalf.owner.api('POST', `/connections/${parent}/connect`, { credential: { key: 'k'.repeat(20) } })
    const recipe = await behalf.addRecipe({
      name: `Goes deep by ${action}`,
      trigger: { kind: 'api' },
      connections: { any: { connector: 'generic-http', connection_id: parent } },
      steps: [{ kind: 'action', name: 'ask_it', connection: 'any', action, input }],
    })
    asked = []
    const job = await jobEnded(behalf.owner, await startJob(behalf.owner, recipe, {}))
    expect(job).toMatchObject({ status: 'failed', error_code: code })
    expect(asked).toEqual([`${method} /deep`])
  },
)
