import { expect, test } from 'vitest'
import { makeLog } from './log.ts'

function logged(fields: Record<string, unknown>) {
  const lines: string[] = []
  makeLog('info', { write: (line: string) => void lines.push(line) }).error(fields, 'it failed')
  return JSON.parse(lines[0] ?? '')
}

test('says of an error what it was, with its causes, and nothing that hangs on it', () => {
  const cause = Object.assign(new Error('connection refused'), { code: 'ECONNREFUSED', config: { user: 'alice' } })
  const { err } = logged({ err: new Error('the query failed', { cause }) })
  expect(err).toMatchObject({
    message: 'the query failed',
    cause: { message: 'connection refused', code: 'ECONNREFUSED' },
  })
  expect(err.stack).toContain('log.test.ts')
  expect(JSON.stringify(err)).not.toContain('alice')
})

test('says what was thrown that is no error', () => {
  expect(logged({ err: 'gone' })).toMatchObject({ err: 'gone', msg: 'it failed' })
})
