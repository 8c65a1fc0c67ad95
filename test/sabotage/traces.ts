import type { Sabotage } from '../sabotages.ts'

const TRACES = 'test/scenarios/traces.test.ts'

/** What keeps a job in one trace, and all but ids and codes out of it, taken away one line at a time. */
export const traceSabotages: Sabotage[] = [
  {
    name: 'P11: traces',
    test: 'test/scenarios/on-record.test.ts',
    testName: 'P11:',
    file: 'src/connections/use-connection.ts',
    find: 'noteOnSpan({ httpStatus: status })',
    replace: 'noteOnSpan({ httpStatus: status, action: grant.accessToken.reveal() })',
  },
  {
    name: 'job-data-peek: traces',
    test: 'test/attacks/job-data-peek.test.ts',
    testName: 'whoever reads the traces',
    file: 'src/jobs/run-action-step.ts',
    find: 'const hop = { name, connector, action: action.name,',
    replace: 'const hop = { name, connector, action: String((input as { id: unknown }).id),',
  },
  {
    name: 'planted-secrets-in-logs: traces',
    test: 'test/attacks/planted-secrets-in-logs.test.ts',
    testName: 'faults of an action',
    file: 'src/core/trace.ts',
    find: 'note(span, failureOf(error))',
    replace: 'note(span, failureOf(error))\n    span.recordException(error as Error)',
  },
  {
    name: 'traces: a code of a stranger’s',
    test: 'src/core/trace.test.ts',
    testName: 'of a stranger’s nothing',
    file: 'src/core/trace.ts',
    find: "code: isOurs ? error.code : 'unknown'",
    replace: 'code: (error as { code: string }).code',
  },
  {
    name: 'traces: typed by a caller',
    test: 'src/core/trace.test.ts',
    testName: 'what does not look as it must',
    file: 'src/core/trace.ts',
    find: 'if (form.test(String(value)))',
    replace: "if (value !== '')",
  },
  {
    name: 'traces: a wait begins another',
    test: TRACES,
    testName: 'one trace has every hop',
    file: 'src/jobs/claim-job.ts',
    find: 'traceparent: row.traceparent,',
    replace: 'traceparent: null,',
  },
  {
    name: 'traces: messages begin others',
    test: TRACES,
    testName: 'one trace has every hop',
    file: 'src/jobs/deliver-outbox.ts',
    find: "name: 'outbox', kind: 'consumer', job, parent",
    replace: "name: 'outbox', kind: 'consumer', job, parent: parent && null",
  },
  {
    name: 'traces: a caller decides',
    test: TRACES,
    testName: 'linked to, and never joined',
    file: 'src/core/trace.ts',
    find: 'ROOT_CONTEXT.setValue(CALLER, caller)',
    replace: 'trace.setSpanContext(ROOT_CONTEXT, caller)',
  },
  {
    name: 'traces: a way for connections',
    test: TRACES,
    testName: 'no more than before',
    file: 'src/server/start.ts',
    find: 'const { allowedPrivateHosts, askForMs, mail, traces } = configuration',
    replace:
      "const { askForMs, mail, traces } = configuration\n    const allowedPrivateHosts = [...configuration.allowedPrivateHosts, traces?.url.host ?? 'a:1']",
  },
  {
    name: 'traces: told each time',
    test: TRACES,
    testName: 'while the collector is away',
    file: 'src/server/trace-exporter.ts',
    find: 'if (!isDown) log.warn',
    replace: 'log.warn',
  },
]
