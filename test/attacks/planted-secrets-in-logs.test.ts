import { spawn } from 'node:child_process'
import { Console } from 'node:console'
import { createHash } from 'node:crypto'
import { Writable } from 'node:stream'
import { format, inspect } from 'node:util'
import { serialize } from 'node:v8'
import { HTTPException } from 'hono/http-exception'
import { ResponseBodyError } from 'openid-client'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Connector } from '../../src/connectors/connector.ts'
import { Bug, OutsideError } from '../../src/core/errors.ts'
import type { ConnectionId, RecipeId } from '../../src/core/ids.ts'
import { Secret } from '../../src/core/secret.ts'
import { makeLog } from '../../src/server/log.ts'
import { startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { type OtlpReceiver, startOtlpReceiver } from '../support/otlp-receiver.ts'
import { findPlanted, type Planted } from '../support/planted.ts'
import { createOne } from '../support/recipes.ts'
import { jobEnded, startJob } from '../support/run.ts'

const secret = (what: string): string => createHash('sha256').update(what).digest('base64url').slice(0, 24)
const TOKEN = secret('access token')
const CODE = secret('authorization code')
const PASSWORD = secret('password')
const COOKIE = secret('cookie')
const DATA = 'Merger with Globex, strictly private'
const planted: Planted[] = [
  { what: 'token', value: TOKEN },
  { what: 'code', value: CODE },
  { what: 'password', value: PASSWORD },
  { what: 'cookie', value: COOKIE },
  { what: 'data', value: DATA },
]

/** Everything that can be thrown, with something in it that nobody may read. */
const FAULTS: [string, () => unknown][] = [
  ['an error whose message holds a bearer token', () => new Error(`GET / failed with Authorization: Bearer ${TOKEN}`)],
  ['an error whose message holds a bare token', () => new Error(`the token ${TOKEN} was refused`)],
  [
    'an error whose message holds data on several lines',
    () => new Error(`refused:\n${DATA}\n    at ${TOKEN} (/x.ts:1:1)`),
  ],
  [
    'an error whose message holds a URL with a code',
    () => new Error(`GET https://b.test/cb?code=${CODE}&state=${TOKEN}`),
  ],
  ['an error whose message holds JSON', () => new Error(JSON.stringify({ access_token: TOKEN, name: DATA }))],
  [
    'an error with properties',
    () =>
      Object.assign(new Error('failed'), { request: { headers: { cookie: `s=${COOKIE}` } }, token: TOKEN, [TOKEN]: 1 }),
  ],
  ['an error named and coded by a secret', () => Object.assign(new Error('failed'), { name: TOKEN, code: TOKEN })],
  [
    'an error whose stack was written by hand',
    () => Object.assign(new Error('failed'), { stack: `at ${TOKEN}\n    at ${DATA}` }),
  ],
  [
    'a chain of causes',
    () => new Error('one', { cause: new TypeError(`two ${TOKEN}`, { cause: { body: DATA, password: PASSWORD } }) }),
  ],
  [
    'an aggregate',
    () => new AggregateError([new Error(TOKEN), DATA, new Error('x', { cause: TOKEN })], `all of ${DATA} failed`),
  ],
  [
    'an answer of a token endpoint',
    () =>
      new ResponseBodyError(`refused ${TOKEN}`, {
        cause: { error: 'invalid_grant', error_description: DATA, access_token: TOKEN },
        response: new Response(TOKEN, { status: 400, headers: { 'set-cookie': COOKIE } }),
      }),
  ],
  ['an error of PostgreSQL with its detail', () => databaseError('23505', `duplicate key value ${TOKEN}`)],
  [
    'an error of PostgreSQL about a value',
    () => databaseError('22P02', `invalid input syntax for type json: "${DATA}"`),
  ],
  ['JSON that does not parse', () => thrownBy(() => JSON.parse(`${DATA} ${TOKEN}`))],
  ['a header that is none', () => thrownBy(() => new Headers([['authorization', `Bearer ${TOKEN}\n${DATA}`]]))],
  ['a URL that is none', () => thrownBy(() => new URL(`http://alice:${PASSWORD}@[${TOKEN}`))],
  ['a mistake that names a value', () => thrownBy(() => (undefined as unknown as Record<string, string>)[TOKEN])],
  [
    'a schema that does not fit',
    () => thrownBy(() => z.strictObject({ a: z.literal('b') }).parse({ a: DATA, [TOKEN]: 1 }, { reportInput: true })),
  ],
  [
    'an error of another system',
    () =>
      new OutsideError('outside_refused', `It said: ${DATA} ${TOKEN}`, {
        retryable: false,
        details: { body: DATA, host: TOKEN.repeat(3) },
      }),
  ],
  [
    'a fault of ours with a cause',
    () => new Bug('what was sealed does not open', { cause: new Error(`${DATA} ${TOKEN}`) }),
  ],
  ['a thrown string', () => `${DATA} ${TOKEN}`],
  [
    'a thrown object that turns itself into JSON',
    () => ({ toJSON: () => ({ authorization: `Basic ${btoa(`alice:${PASSWORD}`)}`, said: DATA }), message: TOKEN }),
  ],
  [
    'a thrown object with a getter that throws',
    () => ({
      get message() {
        throw new Error(TOKEN)
      },
    }),
  ],
]

function databaseError(code: string, message: string): Error {
  const error = new pg.DatabaseError(message, message.length, 'error')
  return Object.assign(error, {
    severity: 'ERROR',
    code,
    detail: `Key (token)=(${TOKEN}) exists.`,
    where: DATA,
    hint: DATA,
    table: 'grants',
  })
}

function thrownBy(act: () => unknown): unknown {
  try {
    return act()
  } catch (error) {
    return error
  }
}

function logged(write: (log: ReturnType<typeof makeLog>) => void): string {
  const lines: string[] = []
  write(makeLog('debug', { write: (line: string) => void lines.push(line) }))
  expect(lines).toHaveLength(1)
  expect(() => JSON.parse(lines[0] ?? '')).not.toThrow()
  return lines.join('\n')
}

describe('planted-secrets-in-logs: the log', () => {
  test.each(FAULTS)('planted-secrets-in-logs: %s', (_, fault) => {
    for (const fields of [{ err: fault() }, { error: fault() }])
      expect(
        findPlanted(
          planted,
          logged((log) => log.error(fields, 'it failed')),
        ),
      ).toEqual([])
    const nested = logged((log) => log.warn({ job: 'job_1', deep: { list: [{ err: fault() }] } }, 'it failed'))
    expect(findPlanted(planted, nested)).toEqual([])
    expect(nested).toContain('job_1')
  })

  const credentials = planted.filter(({ what }) => what !== 'data')
  const TEXTS: [string, string][] = [
    ['a bearer token', `Authorization: Bearer ${TOKEN}`],
    ['basic credentials', `basic ${btoa(`alice:${PASSWORD}`)}`],
    ['a callback', `/connect/callback/con_1?code=${CODE}&state=${TOKEN}&iss=x`],
    ['a connect link', `http://b.test/connect/l/${TOKEN}`],
    ['a webhook address', `/hooks/rcp_1/${TOKEN}?x=1`],
    ['a token request', `grant_type=refresh_token&refresh_token=${TOKEN}&client_secret=${PASSWORD}`],
    ['a token response', `{"access_token":"${TOKEN}","refresh_token": "${CODE}"}`],
    ['a token response within JSON', JSON.stringify(JSON.stringify({ body: JSON.stringify({ access_token: TOKEN }) }))],
    ['a cookie', `cookie: behalf=${COOKIE}; other=${TOKEN}`],
    ['a database address', `postgres://behalf:${PASSWORD}@db.test/behalf`],
    ['an API key', `bhk_${TOKEN.replace(/[-_]/g, 'x')}${COOKIE}`],
    ['a printed object', inspect({ client_secret: PASSWORD, password: PASSWORD })],
  ]
  test.each(TEXTS)('planted-secrets-in-logs: a text with %s, as message and as field', (_, text) => {
    const line = logged((log) => log.info({ text, list: [{ text }] }, text))
    expect(findPlanted(credentials, line)).toEqual([])
  })

  test('planted-secrets-in-logs: fields that are called what they are', () => {
    const fields = {
      access_token: TOKEN,
      headers: { Cookie: COOKIE, 'X-Api-Key': TOKEN },
      clientSecret: PASSWORD,
      bytes: Buffer.from(TOKEN),
      map: new Map([['refresh_token', TOKEN]]),
    }
    expect(
      findPlanted(
        credentials,
        logged((log) => log.info(fields, 'fields')),
      ),
    ).toEqual([])
  })
})

test('planted-secrets-in-logs: a Secret prints as nothing, however it is printed', () => {
  const value = new Secret(TOKEN)
  const chunks: Buffer[] = []
  const out = new Writable({ write: (chunk, _, done) => done(void chunks.push(chunk)) })
  const console = new Console(out, out)
  console.log(value, { value }, [value], new Map([[value, value]]))
  console.dir({ value }, { showHidden: true, depth: 9 })
  console.table([{ value }])
  console.error(new Error('failed', { cause: value }))
  const printed = [
    `${value}`,
    String(value),
    ['', value].join(),
    JSON.stringify({ value, list: [value] }),
    inspect(value, { showHidden: true, customInspect: false, depth: 9 }),
    format('%s %o %O %j', value, value, value, value),
    JSON.stringify(structuredClone(value)),
    serialize(value).toString('latin1'),
    JSON.stringify(Object.entries(Object.getOwnPropertyDescriptors(value))),
    Buffer.concat(chunks).toString(),
    logged((log) => log.info({ value, nested: { value } }, `it is ${value}`)),
  ]
  for (const text of printed) expect(findPlanted(planted, text)).toEqual([])
  expect(printed[0]).toBe('[secret]')
  expect(value.reveal()).toBe(TOKEN)
})

describe('planted-secrets-in-logs: the running server', () => {
  let collector: OtlpReceiver
  let behalf: TestBehalf
  let alice: TestPerson
  let parent: ConnectionId
  let recipe: RecipeId

  beforeAll(async () => {
    collector = await startOtlpReceiver()
    behalf = await startTestBehalf({ environment: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } })
    alice = await behalf.addPerson('Alice Ng')
    parent = await behalf.addCrmParent()
    await behalf.connectParent(parent)
    recipe = await behalf.addRecipe(createOne({ connectionId: parent, personal: false, command: 'one' }))
  })
  afterAll(async () => {
    await behalf.stop()
    await collector.stop()
  })

  const ADDRESSES = [
    '/api/people',
    '/api/connections',
    '/api/nothing',
    '/hooks/rcp_1/secret',
    '/connect/l/link',
    '/sign-in',
    '/health',
  ]
  const thrownWhole = (value: unknown): value is Error => value instanceof Error
  test.each(FAULTS)('planted-secrets-in-logs: an answer to %s', async (_, fault) => {
    const { ctx } = behalf
    const { db } = ctx
    ctx.db = new Proxy(db, {
      get: () => {
        throw fault()
      },
    })
    try {
      for (const address of ADDRESSES) {
        const method = address.startsWith('/hooks') ? 'POST' : 'GET'
        const answer = await alice.browser.fetch(new URL(address, behalf.url), { method })
        const said = `${JSON.stringify([...answer.headers])} ${await answer.text()}`
        // The words of another system are for the person who asked it: they are shown, and never logged.
        if (!(fault() instanceof OutsideError)) expect(findPlanted(planted, said), address).toEqual([])
        if (thrownWhole(fault()) && !(fault() instanceof OutsideError)) expect(answer.status, address).toBe(500)
      }
    } finally {
      ctx.db = db
    }
    expect(findPlanted(planted, behalf.log.join('\n'))).toEqual([])
  })

  test('planted-secrets-in-logs: an answer to an HTTP exception of a library', async () => {
    const { ctx } = behalf
    const { db } = ctx
    ctx.db = new Proxy(db, {
      get: () => {
        throw new HTTPException(400, { message: `Malformed: ${DATA} ${TOKEN}`, cause: TOKEN })
      },
    })
    const answers = await Promise.all(
      ADDRESSES.map(async (address) => (await alice.browser.fetch(new URL(address, behalf.url))).text()),
    )
    ctx.db = db
    expect(findPlanted(planted, answers.join('\n'))).toEqual([])
  })

  test('planted-secrets-in-logs: faults of an action, on the job, in its answer, in the log and in traces', async () => {
    const faults = FAULTS.filter(([, fault]) => !(fault() instanceof OutsideError))
    const connectors = behalf.ctx.connectors as Map<string, Connector>
    const salesforce = connectors.get('salesforce') as Connector
    const jobs: string[] = []
    for (const [name, fault] of faults) {
      const actions = salesforce.actions.map((action) => ({ ...action, run: () => Promise.reject(fault()) }))
      connectors.set('salesforce', { ...salesforce, actions })
      const job = await startJob(alice, recipe, { name: 'Whatever' })
      jobs.push(job)
      expect(await jobEnded(alice, job), name).toMatchObject({ status: 'failed', error_code: 'bug' })
      const shown = JSON.stringify((await alice.api('GET', `/jobs/${job}`)).body)
      expect(findPlanted(planted, shown), name).toEqual([])
    }
    connectors.set('salesforce', salesforce)
    expect(behalf.log.filter((line) => line.includes('a step failed by a fault of ours')).length).toBe(faults.length)
    expect(findPlanted(planted, await collector.textAfter(...jobs))).toEqual([])
    expect(findPlanted(planted, behalf.log.join('\n'))).toEqual([])
  })

  test('planted-secrets-in-logs: data that an application refuses, and answers that do not fit', async () => {
    const { ctx } = behalf
    const { egress } = ctx
    const bodies = [
      JSON.stringify([{ errorCode: DATA, message: `${DATA} Bearer ${TOKEN}` }]),
      `{"id": "${TOKEN}`,
      `${DATA}`,
    ]
    for (const [i, body] of bodies.entries()) {
      ctx.egress = async () => ({ status: i === 0 ? 400 : 200, headers: new Headers({ 'set-cookie': COOKIE }), body })
      const job = await startJob(alice, recipe, { name: DATA })
      await jobEnded(alice, job)
      expect(findPlanted(planted, await collector.textAfter(job))).toEqual([])
    }
    ctx.egress = egress
    expect(findPlanted(planted, behalf.log.join('\n'))).toEqual([])
  })
})

describe('planted-secrets-in-logs: the process', () => {
  /** Runs a program to its end and answers all it printed. */
  async function printed(
    args: string[],
    env: Record<string, string> = {},
  ): Promise<{ code: number | null; text: string }> {
    const child = spawn(process.execPath, args, {
      env: { PATH: process.env.PATH ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let text = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk))
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
    return { code, text }
  }
  const server = (file: string) => new URL(`../../src/server/${file}`, import.meta.url)

  test.each(['Promise.reject', 'throwLater'])(
    'planted-secrets-in-logs: a fault that nobody caught (%s)',
    async (how) => {
      const program = `
      import { exitOnFault } from '${server('exit-on-fault.ts')}'
      import { makeLog } from '${server('log.ts')}'
      exitOnFault(makeLog('info'))
      const throwLater = (error) => setTimeout(() => { throw error })
      ${how}(Object.assign(new Error('${DATA} ${TOKEN}'), { detail: '${TOKEN}', cause: { password: '${PASSWORD}' } }))
      setTimeout(() => process.exit(9), 20_000)`
      const { code, text } = await printed(['--input-type=module', '-e', program])
      expect(text).toContain('a fault that nobody caught')
      expect(code).toBe(1)
      expect(findPlanted(planted, text)).toEqual([])
    },
  )

  test('planted-secrets-in-logs: a server that cannot start', async () => {
    const env = {
      DATABASE_URL: `postgres://behalf:${PASSWORD}@127.0.0.1:1/behalf`,
      BEHALF_SEALING_KEY: btoa(TOKEN.padEnd(32, 'x')),
      PORT: '0',
    }
    const { code, text } = await printed([server('main.ts').pathname], env)
    expect(code).toBe(1)
    expect(text).toContain('ECONNREFUSED')
    expect(findPlanted(planted, text)).toEqual([])
    const wrong = await printed([server('main.ts').pathname], {
      ...env,
      BEHALF_SEALING_KEY: TOKEN,
      DATABASE_URL: `mysql://x:${PASSWORD}@h/d`,
    })
    expect(wrong.code).toBe(1)
    expect(findPlanted(planted, wrong.text)).toEqual([])
  })
})
