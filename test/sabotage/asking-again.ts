// biome-ignore-all lint/suspicious/noTemplateCurlyInString: sources are quoted here

import type { Sabotage } from '../sabotages.ts'

const CONSENT = 'test/scenarios/consent.test.ts'
const AGAIN = 'test/scenarios/asking-again.test.ts'
const CHECKED = 'test/scenarios/checked-again.test.ts'
const TWO = 'test/scenarios/two-machines.test.ts'
const PARENTS = 'test/scenarios/api-connections.test.ts'
const ONE_PAGE = 'one page lists every recipe that waits'
const FRESH = 'a link that is over has a fresh message sent'
const BY_ADMINISTRATOR = 'an administrator has a person asked again'
const BROKE = 'what broke while a job waited is asked for together'
const MOVED = 'a parent says when this server’s address is another one'
const LIMIT = 'beyond the limit the next connection is refused'

/** What is asked on one page, asked again, and refused for want of room, taken away one line at a time. */
export const askingAgainSabotages: Sabotage[] = [
  {
    name: 'one page: what is ticked',
    test: CONSENT,
    testName: ONE_PAGE,
    file: 'src/asking/answer-connect-page.ts',
    find: 'recipes.filter(({ tick }) => ticks.includes(tick))',
    replace: 'recipes.filter(({ tick }) => ticks.length > 0 && tick)',
  },
  {
    name: 'one page: whom it frees',
    test: CONSENT,
    testName: ONE_PAGE,
    file: 'src/jobs/continue-jobs.ts',
    find: '        and j.recipe_id = any(${recipeIds})\n',
    replace: '        and ${recipeIds}::text[] is not null\n',
  },
  {
    name: 'one page: who goes on waiting is still asked',
    test: CONSENT,
    testName: ONE_PAGE,
    file: 'src/asking/free-recipes.ts',
    find: 'if (expiresAt) await openConnectRequests',
    replace: 'if (expiresAt === undefined) await openConnectRequests',
  },
  {
    name: 'fresh message: is sent',
    test: AGAIN,
    testName: FRESH,
    file: 'src/asking/link-over.ts',
    find: '    await ctx.sendFreshMessage(visit.jobId)\n',
    replace: '    void ctx.sendFreshMessage\n',
  },
  {
    name: 'fresh message: the one before does nothing',
    test: AGAIN,
    testName: FRESH,
    file: 'src/asking/connect-visit.ts',
    find: "      .where('job_id', '=', jobId)\n      .where((where)",
    replace: "      .where('job_id', 'is', null)\n      .where((where)",
  },
  {
    name: 'fresh message: not while the newest is followed',
    test: AGAIN,
    testName: 'cuts nobody off',
    file: 'src/jobs/send-fresh-message.ts',
    find: ' || (await isAtIt(ctx, tx, jobId))) return',
    replace: ') return',
  },
  {
    name: 'fresh message: three an hour',
    test: AGAIN,
    testName: FRESH,
    file: 'src/asking/link-over.ts',
    find: '    [`connect:fresh:${visit.id}`, FRESH_A_VISIT],\n',
    replace: '',
  },
  {
    name: 'ask again: for whom',
    test: AGAIN,
    testName: BY_ADMINISTRATOR,
    file: 'src/commands/connections/ask-again.ts',
    find: "  requirePrivilege(actor, 'runtime_user_connections.edit')\n",
    replace: '',
  },
  {
    name: 'ask again: not one who is connected',
    test: AGAIN,
    testName: BY_ADMINISTRATOR,
    file: 'src/commands/connections/ask-again.ts',
    find: '  if (!reason)\n',
    replace: '  if (!reason && personId === null)\n',
  },
  {
    name: 'ask again: although they were asked',
    test: AGAIN,
    testName: BY_ADMINISTRATOR,
    file: 'src/jobs/ask-to-reconnect.ts',
    find: 'if (!again && (await isBeingAsked(',
    replace: 'if ((await isBeingAsked(',
  },
  {
    name: 'ask again: not one who is deactivated',
    test: AGAIN,
    testName: 'who is deactivated',
    file: 'src/jobs/ask-to-reconnect.ts',
    find: "if (row?.status !== 'active') return 'person_not_active'",
    replace: "if (!row) return 'person_not_active'",
  },
  {
    name: 'ask again: on record',
    test: AGAIN,
    testName: BY_ADMINISTRATOR,
    file: 'src/commands/connections/ask-again.ts',
    find: "  await recordAudit(ctx.db, actor, { action: 'connect.asked_again', targetId: id, details })\n",
    replace: '  void [recordAudit, details]\n',
  },
  {
    name: 'children limit: refused',
    test: AGAIN,
    testName: LIMIT,
    file: 'src/connections/children-limit.ts',
    find: 'if (used >= limit)',
    replace: 'if (used > limit)',
  },
  {
    name: 'children limit: two at once',
    test: TWO,
    testName: 'where there is room for one',
    file: 'src/connections/children-limit.ts',
    find: '  await sql<SqlBool>`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(tx)\n',
    replace: '  void sql<SqlBool>`${name}`\n',
  },
  {
    name: 'children limit: a warning',
    test: AGAIN,
    testName: LIMIT,
    file: 'src/connections/children-limit.ts',
    find: 'if (used + 1 >= limit * WARN_FROM) await warn',
    replace: 'if (used + 1 > limit * 2) await warn',
  },
  {
    name: 'children limit: warned once',
    test: AGAIN,
    testName: LIMIT,
    file: 'src/connections/children-limit.ts',
    find: '.allowed) return\n  await recordAudit',
    replace: '.allowed && !key) return\n  await recordAudit',
  },
  {
    name: 'checked again: what broke',
    test: CHECKED,
    testName: BROKE,
    file: 'src/jobs/run-job.ts',
    find: 'if (job.waited && job.person) {',
    replace: 'if (job.waited && job.person === undefined) {',
  },
  {
    name: 'checked again: who is at the page',
    test: CHECKED,
    testName: BROKE,
    file: 'src/asking/connect-visit.ts',
    find: ", where('spent_at', '<=', atIt)]",
    replace: ", where('spent_at', '>', atIt)]",
  },
  {
    name: 'checked again: the share',
    test: CHECKED,
    testName: 'not shared with its person any more',
    file: 'src/jobs/claim-job.ts',
    find: '!(await isSharedWithPerson(',
    replace: '(await isSharedWithPerson(',
  },
  {
    name: 'checked again: the recipe',
    test: CHECKED,
    testName: 'because it is stopped',
    file: 'src/jobs/claim-job.ts',
    find: "row.recipe_status === 'started'",
    replace: "row.recipe_status !== 'deleted'",
  },
  {
    name: 'two machines: what is not kept is revoked',
    test: TWO,
    testName: 'from one page',
    file: 'src/asking/store-grant.ts',
    find: '    await attemptRevocations(ctx, await revokeLater(ctx, ctx.db, ended))\n',
    replace: '    void [ended, revokeLater]\n',
  },
  {
    name: 'two machines: a link is spent once',
    test: TWO,
    testName: 'from one page',
    file: 'src/asking/connect-visit.ts',
    find: "    .where('spent_at', 'is', null)\n    .where('status', '=', 'open')\n",
    replace: "    .where('status', '=', 'open')\n",
  },
  {
    name: 'redirect URI: that it changed',
    test: PARENTS,
    testName: MOVED,
    file: 'src/api/presenters/connections.ts',
    find: 'row.public_origin !== ctx.publicUrl.origin',
    replace: 'row.public_origin === ctx.publicUrl.origin',
  },
  {
    name: 'redirect URI: until it is saved',
    test: PARENTS,
    testName: MOVED,
    file: 'src/connections/create-parent.ts',
    find: '      // Who saves it has seen the redirect URI that it has now.\n      public_origin: ctx.publicUrl.origin,\n',
    replace: '',
  },
  {
    name: 'redirect URI: until it is connected again',
    test: PARENTS,
    testName: MOVED,
    file: 'src/connections/authorize.ts',
    find: '      public_origin: ctx.publicUrl.origin,\n',
    replace: '',
  },
  {
    name: 'redirect URI: said at the start',
    test: PARENTS,
    testName: MOVED,
    file: 'src/connections/moved-redirect-uris.ts',
    find: "'<>', publicUrl.origin",
    replace: "'=', publicUrl.origin",
  },
]
