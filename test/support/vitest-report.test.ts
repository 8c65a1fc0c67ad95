import { expect, test } from 'vitest'
import { countTests, type VitestReport } from './vitest-report.ts'

test('counts what passed and what failed', () => {
  expect(countTests(report(['passed', 'failed', 'passed']), false)).toEqual({ passed: 2, failed: 1 })
  expect(countTests(report(['passed']), true)).toEqual({ passed: 1, failed: 0 })
})

test('counts a skipped test as failed', () => {
  expect(countTests(report(['passed', 'skipped', 'todo']), true)).toEqual({ passed: 1, failed: 2 })
})

test('counts a file that could not be loaded as failed', () => {
  expect(countTests(report([], 'failed'), false)).toEqual({ passed: 0, failed: 1 })
})

test('counts a run that failed outside of its tests, or had none, as failed', () => {
  expect(countTests(report(['passed']), false)).toEqual({ passed: 1, failed: 1 })
  expect(countTests({ testResults: [] }, true)).toEqual({ passed: 0, failed: 1 })
  expect(countTests(undefined, true)).toEqual({ passed: 0, failed: 1 })
})

function report(statuses: string[], file?: 'failed'): VitestReport {
  const assertionResults = statuses.map((status) => ({ fullName: status, title: status, status, failureMessages: [] }))
  const status = file ?? (statuses.includes('failed') ? 'failed' : 'passed')
  return { testResults: [{ name: 'a.test.ts', status, message: '', assertionResults }] }
}
