/** Of vitest's JSON report what we read. */
export interface VitestReport {
  testResults: {
    name: string
    status: 'passed' | 'failed'
    message: string
    assertionResults: { fullName: string; title: string; status: string; failureMessages: string[] | null }[]
  }[]
}

/**
 * Counts a run. A skipped test counts as failed: nothing is promised by a test that did not run. So does a file that could not be
 * loaded, a run without tests, and a run that vitest calls failed for a reason outside of tests (an unhandled error).
 */
export function countTests(report: VitestReport | undefined, ok: boolean): { passed: number; failed: number } {
  const files = report?.testResults ?? []
  const tests = files.flatMap((file) => file.assertionResults)
  const passed = tests.filter((test) => test.status === 'passed').length
  const broken = files.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  )
  const failed = tests.length - passed + broken.length
  const unexplained = failed === 0 && (!ok || passed === 0)
  return { passed, failed: failed + (unexplained ? 1 : 0) }
}
