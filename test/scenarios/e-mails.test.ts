import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RecipeId } from '../../src/core/ids.ts'
import { readConfiguration } from '../../src/server/configuration.ts'
import { startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { jobEnded, startJob } from '../support/run.ts'
import { until } from '../support/until.ts'

/** A real mail server on this machine, which keeps what it takes, and refuses as often as it is told to. */
const taken: string[] = []
let refuse = 0
const mail = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  onData(stream, _session, done) {
    void text(stream).then((message) => {
      if (refuse-- > 0) return done(Object.assign(new Error('busy'), { responseCode: 451 }))
      taken.push(message)
      done()
    })
  },
})

let behalf: TestBehalf
let alice: TestPerson

beforeAll(async () => {
  mail.listen(0, '127.0.0.1')
  await once(mail.server, 'listening')
  const { port } = mail.server.address() as AddressInfo
  const environment = { BEHALF_SMTP_URL: `smtp://127.0.0.1:${port}`, BEHALF_MAIL_FROM: 'Behalf <behalf@acme.test>' }
  behalf = await startTestBehalf({ environment })
  alice = await behalf.addPerson('Alice Ng')
  await behalf.owner.api('PATCH', '/workspace/settings', { stop_after_failures: 1 })
})
afterAll(async () => {
  await behalf?.stop()
  await new Promise<void>((resolve) => mail.close(resolve))
})

/** Fails by itself; `word` is the job's data. */
const breaking = (name: string): Promise<RecipeId> =>
  behalf.addRecipe({
    name,
    trigger: { kind: 'api', parameters: [{ name: 'word', type: 'text' }] },
    steps: [{ kind: 'reply', name: 'answer', text: '{{= $uppercase(5) & trigger.word }}' }],
  })

test('whoever made a recipe hears by e-mail that it was stopped, with a link and nothing of the job’s data', async () => {
  const id = await breaking('Breaks by mail')
  refuse = 1
  await jobEnded(alice, await startJob(alice, id, { word: 'quince' }))
  const message = await until(async () => taken.find((each) => each.includes('Breaks by mail')), 20_000)
  expect(message).toContain('From: Behalf <behalf@acme.test>')
  expect(message).toContain(`To: ${behalf.owner.person.email}`)
  expect(message).toContain(`/recipes/${id}`)
  expect(message).not.toContain('quince')
  await until(async () => {
    const left = await behalf.database.db.selectFrom('emails').select('id').where('status', '!=', 'sent').execute()
    return left.length === 0
  })
  expect(taken).toHaveLength(1)
})

test('what the mail server does not take is tried again until it is a day old, and the log says that it was given up', async () => {
  const { id: person_id, workspaceId: workspace_id } = behalf.owner.person
  const email = { workspace_id, person_id, subject: 'Stopped', body: 'Look at it.' }
  const dayAgo = new Date(Date.now() - 25 * 60 * 60 * 1000)
  const { db } = behalf.database
  refuse = 2
  await db
    .insertInto('emails')
    .values([
      { ...email, id: 'eml_old', created_at: dayAgo, attempts: 20 },
      { ...email, id: 'eml_new', attempts: 20 },
    ])
    .execute()
  const statuses = await until(async () => {
    const rows = await db
      .selectFrom('emails')
      .select(['id', 'status'])
      .where('attempts', '>', 20)
      .orderBy('id')
      .execute()
    return rows.length === 2 && refuse <= 0 && rows.some(({ status }) => status === 'given_up') ? rows : undefined
  })
  expect(statuses).toEqual([
    { id: 'eml_new', status: 'pending' },
    { id: 'eml_old', status: 'given_up' },
  ])
  expect(behalf.log.filter((line) => line.includes('an e-mail was given up'))).toHaveLength(1)
})

test('settings of the mail server are checked at the start', () => {
  expect(() => readConfiguration({ BEHALF_SMTP_URL: 'smtp://mail.acme.test' })).toThrow('BEHALF_MAIL_FROM')
  expect(() =>
    readConfiguration({ BEHALF_SMTP_URL: 'http://mail.acme.test', BEHALF_MAIL_FROM: 'behalf@acme.test' }),
  ).toThrow('BEHALF_SMTP_URL')
  expect(() =>
    readConfiguration({ BEHALF_SMTP_URL: 'smtp://mail.acme.test', BEHALF_MAIL_FROM: 'a@b.test\r\nBcc: x@y.test' }),
  ).toThrow('BEHALF_MAIL_FROM')
})
