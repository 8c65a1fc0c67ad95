// biome-ignore-all lint/suspicious/noTemplateCurlyInString: sources are quoted here

import type { Sabotage } from '../sabotages.ts'

const CUT_OFF = 'test/scenarios/cut-off.test.ts'
const ON_RECORD = 'test/scenarios/on-record.test.ts'
const WHOSE = 'test/scenarios/whose-connection.test.ts'
const FALLBACK = 'test/attacks/silent-fallback.test.ts'
const PEEK = 'test/attacks/job-data-peek.test.ts'

const USE = 'const used = await withRetries(ctx, true, () => useConnection(ctx, whose, claim))'
const USE_OR_FALL_BACK = `let used = await withRetries(ctx, true, () => useConnection(ctx, whose, claim))
  if (used.kind === 'connect') used = await useConnection(ctx, parentsOwn(whose.parentId), claim)`

/** What keeps a credential, and a job's data, to its person, taken away one line at a time. */
export const usingSabotages: Sabotage[] = [
  {
    name: 'P5: its person',
    test: WHOSE,
    testName: 'for its own person alone',
    file: 'src/connections/standing.ts',
    find: ".on('child.person_id', '=', value('personId'))",
    replace: '',
  },
  {
    name: 'P5: past every check',
    test: WHOSE,
    testName: 'past every check',
    file: 'src/connections/standing.ts',
    find: ".where('parent.parent_id', 'is', null)",
    replace: '',
  },
  {
    name: 'P6',
    test: CUT_OFF,
    testName: 'P6:',
    file: 'src/jobs/run-action-step.ts',
    find: USE,
    replace: USE_OR_FALL_BACK,
  },
  {
    name: 'P7: gone for good',
    test: CUT_OFF,
    testName: '(deleted by an administrator)',
    file: 'src/connections/cut-off.ts',
    find: '.set({ deleted_at: now })',
    replace: '.set({ status_at: now })',
  },
  {
    name: 'P7: at the application',
    test: CUT_OFF,
    testName: '(disconnected by an administrator)',
    file: 'src/connections/revocations.ts',
    find: 'await revokeAtApplication(ctx, row, parent)',
    replace: '',
  },
  {
    name: 'P8: its recipes',
    test: CUT_OFF,
    testName: 'P8:',
    file: 'src/commands/connections/cut-off-connections.ts',
    find: 'const stopped = await stopRecipesUsing(tx, { connectionId: connection.id, reason })',
    replace: 'const stopped: { id: string }[] = []',
  },
  {
    name: 'P8: its children',
    test: CUT_OFF,
    testName: 'P8:',
    file: 'src/connections/cut-off.ts',
    find: "status: 'orphaned', status_reason: 'parent_deleted'",
    replace: "deleted_at: ctx.clock(), status_reason: 'parent_deleted'",
  },
  {
    name: 'P11',
    test: ON_RECORD,
    testName: 'P11:',
    file: 'src/connections/authorize.ts',
    find: 'details: { parent_id: parent.id, account: account.label, scopes: tokens.scopes },',
    replace: 'details: { parent_id: parent.id, account: account.label, by: tokens.accessToken.reveal() },',
  },
  {
    name: 'P14',
    test: ON_RECORD,
    testName: 'P14: every step',
    file: 'src/jobs/record.ts',
    find: '${job.id}, u.step, u.action',
    replace: '${job.id}, null, u.action',
  },
  {
    name: 'P14: a failure',
    test: ON_RECORD,
    testName: 'a use that failed',
    file: 'src/jobs/run-action-step.ts',
    find: '...ended(ctx, connection, errorCodeOf(failure)), ',
    replace: '',
  },
  {
    name: 'P14: an interruption',
    test: ON_RECORD,
    testName: 'a use that was cut off',
    file: 'src/jobs/run-action-step.ts',
    find: "  note('interrupted', 'interrupted')\n  return",
    replace: "  noteStep(frame, step, { input, startedAt, finishedAt: ctx.clock(), status: 'interrupted' })\n  return",
  },
  {
    name: 'silent-fallback: the parent instead',
    test: FALLBACK,
    testName: 'between two steps',
    file: 'src/jobs/run-action-step.ts',
    find: USE,
    replace: USE_OR_FALL_BACK,
  },
  {
    name: 'silent-fallback: the switch ignored',
    test: FALLBACK,
    testName: 'between two steps',
    file: 'src/jobs/run-action-step.ts',
    find: 'whose: connection.personal ? personsOwn(frame, step, parentId) : parentsOwn(parentId)',
    replace: 'whose: parentsOwn(parentId)',
  },
  {
    name: 'job-data-peek: an administrator',
    test: PEEK,
    testName: 'an administrator reads',
    file: 'src/commands/jobs/view-jobs.ts',
    find: '(!summary.private || summary.sharedUntil !== null) && ',
    replace: '',
  },
  {
    name: 'job-data-peek: private from its first row',
    test: PEEK,
    testName: 'the owner reads',
    file: 'src/jobs/job-row.ts',
    find: 'private: isPrivate(program)',
    replace: 'private: false',
  },
  {
    name: 'job-data-peek: shapes',
    test: PEEK,
    testName: 'an Operator reads',
    file: 'src/jobs/data-shape.ts',
    find: "typeof value === 'string' ? 'text' : typeof value",
    replace: 'String(value)',
  },
  {
    name: 'job-data-peek: the chat',
    test: PEEK,
    testName: 'the live stream',
    file: 'src/commands/chat/chat-lines.ts',
    find: ".where('person_id', '=', person.id).limit(100)",
    replace: '.limit(100)',
  },
  {
    name: 'job-data-peek: a repeated delivery',
    test: PEEK,
    testName: 'the same idempotency key',
    file: 'src/commands/jobs/run-recipe.ts',
    find: "/${actor.kind === 'person' ? actor.person.id : 'system'}",
    replace: '',
  },
]
