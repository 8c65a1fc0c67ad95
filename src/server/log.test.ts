import { expect, test } from 'vitest'
import { Bug, OutsideError } from '#core/errors.ts'
import { makeLog } from './log.ts'

function logged(fields: Record<string, unknown>, message = 'it failed') {
  const lines: string[] = []
  makeLog('info', { write: (line: string) => void lines.push(line) }).error(fields, message)
  return JSON.parse(lines[0] ?? '')
}

test('says of a fault of ours what it was, where, and by which causes', () => {
  const connection = { code: 'ECONNREFUSED', syscall: 'connect', address: '127.0.0.1', port: 5432, user: 'alice' }
  const cause = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), connection)
  const { err } = logged({ err: new Bug('job job_1 has lost its recipe', { cause }) })
  expect(err).toMatchObject({
    name: 'Bug',
    code: 'bug',
    message: 'job job_1 has lost its recipe',
    cause: { code: 'ECONNREFUSED', at: { syscall: 'connect', address: '127.0.0.1', port: 5432 } },
  })
  expect(err.stack[0]).toContain('log.test.ts')
  expect(JSON.stringify(err)).not.toContain('alice')
})

test('says where another system failed, not what it said', () => {
  const details = { host: 'crm.example:443', reason: 'ETIMEDOUT' }
  const error = new OutsideError('outside_unreachable', 'No Opportunity “Globex”', { retryable: true, details })
  expect(logged({ err: error }).err).toMatchObject({
    code: 'outside_unreachable',
    message: '[not logged: it may hold data]',
    at: { host: 'crm.example:443', reason: 'ETIMEDOUT' },
  })
})

test('keeps what PostgreSQL says of itself, and withholds what it says of values', () => {
  const database = (code: string, message: string) =>
    logged({ err: Object.assign(new Error(message), { code, severity: 'ERROR', table: 'persons' }) }).err
  expect(database('42P01', 'relation "x" does not exist')).toMatchObject({ message: 'relation "x" does not exist' })
  const value = database('22P02', 'invalid input syntax for type json: Globex')
  expect(value).toMatchObject({ code: '22P02', at: { table: 'persons' }, message: '[not logged: it may hold data]' })
})

test('says that something was thrown that is no error', () => {
  const thrown = { name: 'thrown string', message: '[not logged: it may hold data]' }
  expect(logged({ err: 'gone' }).err).toEqual(thrown)
  expect(logged({ err: new Error('outer', { cause: 'gone' }) }).err.cause).toEqual(thrown)
})

test('keeps ordinary fields and messages as they are', () => {
  const fields = {
    url: 'http://127.0.0.1:3000/',
    port: 3000,
    job: 'job_1',
    at: new Date(0),
    code: 'outside_timeout',
    nested: { a: [1, null] },
  }
  expect(logged(fields, 'Behalf is ready at http://127.0.0.1:3000/')).toMatchObject({
    ...fields,
    at: '1970-01-01T00:00:00.000Z',
    msg: 'Behalf is ready at http://127.0.0.1:3000/',
  })
})
