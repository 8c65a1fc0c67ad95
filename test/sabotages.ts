import { apiSabotages } from './sabotage/api.ts'
import { askingSabotages } from './sabotage/asking.ts'
import { askingAgainSabotages } from './sabotage/asking-again.ts'
import { atRestSabotages } from './sabotage/at-rest.ts'
import { boundsSabotages } from './sabotage/bounds.ts'
import { calledJobSabotages } from './sabotage/called-jobs.ts'
import { connectingSabotages } from './sabotage/connecting.ts'
import { connectorSabotages } from './sabotage/connectors.ts'
import { delegationSabotages } from './sabotage/delegations-asked-for.ts'
import { expressionSabotages } from './sabotage/expressions.ts'
import { externalSabotages } from './sabotage/external.ts'
import { formSabotages } from './sabotage/forms.ts'
import { functionSabotages } from './sabotage/functions.ts'
import { identitySabotages } from './sabotage/identities.ts'
import { jobStateSabotages } from './sabotage/job-states.ts'
import { jobsOfPeopleSabotages } from './sabotage/jobs-of-people.ts'
import { limitSabotages } from './sabotage/limits.ts'
import { listingSabotages } from './sabotage/listing.ts'
import { manyMachinesSabotages } from './sabotage/many-machines.ts'
import { questionSabotages } from './sabotage/questions.ts'
import { recipeFileSabotages } from './sabotage/recipe-files.ts'
import { refreshingSabotages } from './sabotage/refreshing.ts'
import { replySabotages } from './sabotage/replies.ts'
import { revokingSabotages } from './sabotage/revoking.ts'
import { scheduleSabotages } from './sabotage/schedules.ts'
import { slackSabotages } from './sabotage/slack.ts'
import { teamsSabotages } from './sabotage/teams.ts'
import { traceSabotages } from './sabotage/traces.ts'
import { tyingSabotages } from './sabotage/tying.ts'
import { usingSabotages } from './sabotage/using.ts'
import { waitingSabotages } from './sabotage/waiting.ts'
import { webhookSabotages } from './sabotage/webhooks.ts'

/** One change under which one test must fail. */
export interface Sabotage {
  /** The promise or the attack it belongs to: `P3`, `forwarded-link`; with more than one, `forwarded-link: the reverse`. */
  name: string
  /** The test file that must turn red. */
  test: string
  /** The title, or a part of it, of the test in that file that must turn red; without it any may. */
  testName?: string
  file: string
  /** Stands exactly once in `file`. */
  find: string
  replace: string
}

/** Applied one at a time in a scratch copy by `npm run sabotage`. Each takes away one line of what keeps the promise. */
export const sabotages: Sabotage[] = [
  ...askingSabotages,
  ...askingAgainSabotages,
  ...connectingSabotages,
  ...tyingSabotages,
  ...usingSabotages,
  ...waitingSabotages,
  ...expressionSabotages,
  ...externalSabotages,
  ...functionSabotages,
  ...boundsSabotages,
  ...calledJobSabotages,
  ...delegationSabotages,
  ...limitSabotages,
  ...manyMachinesSabotages,
  ...formSabotages,
  ...identitySabotages,
  ...refreshingSabotages,
  ...connectorSabotages,
  ...atRestSabotages,
  ...revokingSabotages,
  ...listingSabotages,
  ...jobsOfPeopleSabotages,
  ...jobStateSabotages,
  ...scheduleSabotages,
  ...questionSabotages,
  ...replySabotages,
  ...recipeFileSabotages,
  ...webhookSabotages,
  ...apiSabotages,
  ...traceSabotages,
  ...slackSabotages,
  ...teamsSabotages,
  {
    name: 'P1',
    test: 'test/scenarios/promises.test.ts',
    testName: 'P1:',
    file: 'src/jobs/run-action-step.ts',
    find: 'whose: connection.personal ? personsOwn',
    replace: 'whose: frame.run.job.person ? personsOwn',
  },
  {
    name: 'P2',
    test: 'test/scenarios/promises.test.ts',
    testName: 'P2:',
    file: 'src/jobs/run-action-step.ts',
    find: 'whose: connection.personal ? personsOwn(frame, step, parentId) : parentsOwn(parentId)',
    replace: 'whose: parentsOwn(parentId)',
  },
  {
    name: 'P3',
    test: 'test/scenarios/promises.test.ts',
    testName: 'P3:',
    file: 'src/connections/authorize.ts',
    find: "status: 'connected',",
    replace: "status: 'pending',",
  },
  {
    name: 'P4',
    test: 'test/scenarios/promises.test.ts',
    testName: 'P4:',
    file: 'src/asking/free-recipes.ts',
    find: 'await ctx.continueJobs(tx, { ...request, recipeIds })',
    replace: '',
  },
  {
    name: 'database-in-use',
    test: 'src/database/embedded.test.ts',
    testName: 'refuses a second start on one folder',
    file: 'src/database/embedded/hold-server.ts',
    find: 'if (rows[0].locked) return',
    replace: 'if (rows.length > 0) return',
  },
  {
    name: 'edited-migration',
    test: 'src/database/migrate.test.ts',
    testName: 'refuses a database whose migrations were edited or renamed',
    file: 'src/database/migrate.ts',
    find: 'ours.checksum !== done.checksum',
    replace: 'ours.checksum === undefined',
  },
  {
    name: 'token-to-a-stranger: any origin',
    test: 'test/attacks/token-to-a-stranger.test.ts',
    testName: 'a URL in the input',
    file: 'src/connections/action-url.ts',
    find: 'if (url.origin !== baseUrl.origin && !origins.includes(url.origin)) {',
    replace: "if (url.origin === 'null') {",
  },
  {
    name: 'token-to-a-stranger: a blob',
    test: 'test/attacks/token-to-a-stranger.test.ts',
    testName: 'within a blob',
    file: 'src/connections/action-url.ts',
    find: "if (url?.protocol !== 'https:' && url?.protocol !== 'http:')",
    replace: 'if (!url)',
  },
  {
    name: 'token-to-a-stranger: a redirect',
    test: 'test/attacks/token-to-a-stranger.test.ts',
    testName: 'a redirect of',
    file: 'src/connections/request.ts',
    find: 'status >= 300 && status < 400',
    replace: 'status === 399',
  },
  {
    name: 'token-to-a-stranger: a header',
    test: 'test/attacks/token-to-a-stranger.test.ts',
    testName: 'as another Host',
    file: 'src/connections/request.ts',
    find: 'if (RESERVED_HEADERS.test(name))',
    replace: "if (name === 'cookie')",
  },
  {
    name: 'token-to-a-stranger: an instance',
    test: 'test/attacks/token-to-a-stranger.test.ts',
    testName: 'an instance in the token response',
    file: 'src/connectors/salesforce/instance-url.ts',
    find: 'isSalesforce(login) ? url !== null && isSalesforce(url)',
    replace: 'isSalesforce(login) ? url !== null',
  },
  {
    name: 'token-to-a-stranger: a private address',
    test: 'test/attacks/token-to-a-stranger.test.ts',
    testName: 'spelt',
    file: 'src/server/egress-connector.ts',
    find: 'if (isIP(target.hostname) && !isPublicAddress(target.hostname))',
    replace: 'if (isIP(target.hostname) === 5)',
  },
  {
    name: 'token-to-a-stranger: a private name',
    test: 'test/attacks/token-to-a-stranger.test.ts',
    testName: 'by a name that leads to',
    file: 'src/server/egress-connector.ts',
    find: 'pinned(lookup, isPublicAddress)',
    replace: 'pinned(lookup, () => true)',
  },
  {
    name: 'token-to-a-stranger: a second look-up',
    test: 'test/attacks/token-to-a-stranger.test.ts',
    testName: 'only when asked again',
    file: 'src/server/egress-connector.ts',
    find: 'if (options.all) callback(null, addresses)',
    replace: 'if (options.all) lookup(name).then((again) => callback(null, again))',
  },
  {
    name: 'provider-misbehaves: size',
    test: 'test/attacks/provider-misbehaves.test.ts',
    testName: 'answers too much',
    file: 'src/server/egress.ts',
    find: 'if (size > maxBytes)',
    replace: 'if (size < 0)',
  },
  {
    name: 'provider-misbehaves: echo',
    test: 'test/attacks/provider-misbehaves.test.ts',
    testName: 'tells our token back',
    file: 'src/connections/hide-secrets.ts',
    find: "left.replaceAll(secret, '[secret]')",
    replace: 'left',
  },
  {
    name: 'provider-misbehaves: Retry-After',
    test: 'test/attacks/provider-misbehaves.test.ts',
    testName: 'is down for so long',
    file: 'src/core/error-of-answer.ts',
    find: 'answer.retryAfterMs ?? retryAfterMs(headers)',
    replace: 'answer.retryAfterMs',
  },
  {
    name: 'provider-misbehaves: refusal',
    test: 'test/attacks/provider-misbehaves.test.ts',
    testName: 'fails',
    file: 'src/connections/egress-fetch.ts',
    find: 'const status = answer.status === 200 ? meant : answer.status',
    replace: 'const status = meant',
  },
  {
    name: 'expression-bomb: repetition',
    test: 'test/attacks/expression-bomb.test.ts',
    testName: 'a gigabyte by repetition',
    file: 'src/recipes/budget.ts',
    find: 'if (budget.left < 0) throw',
    replace: 'if (budget.left === 0) throw',
  },
  {
    name: 'expression-bomb: reach',
    test: 'test/attacks/expression-bomb.test.ts',
    testName: 'nothing that is not data',
    file: 'src/recipes/scope.ts',
    find: 'if (!Object.prototype.propertyIsEnumerable.call(value, key)) return undefined',
    replace: '',
  },
  {
    name: 'expression-bomb: prototype',
    test: 'test/attacks/expression-bomb.test.ts',
    testName: 'data cannot become',
    file: 'src/recipes/budget.ts',
    find: "if (key !== '__proto__') return",
    replace: "if (key !== 'prototype') return",
  },
  {
    name: 'expression-bomb: comparison',
    test: 'test/attacks/expression-bomb.test.ts',
    testName: 'no comparison takes long',
    file: 'src/recipes/conditions.ts',
    find: 'return includes(asText(a, path), asText(b, path))',
    replace: 'return asText(a, path).includes(asText(b, path))',
  },
  {
    name: 'privilege-matrix',
    test: 'test/attacks/privilege-matrix.test.ts',
    testName: 'privilege-matrix: GET /api/people',
    file: 'src/commands/people/list-people.ts',
    find: "requirePrivilege(actor, 'people.view')",
    replace: 'requirePrivilege(actor)',
  },
  {
    name: 'privilege-matrix: a route without a row',
    test: 'test/attacks/privilege-matrix.test.ts',
    testName: 'every route of the server has a row',
    file: 'src/api/routes/projects.ts',
    find: '  app.openapi(create, async (c) => {',
    replace: "  app.get('/everything', (c) => c.json(ctx.publicUrl))\n  app.openapi(create, async (c) => {",
  },
  {
    name: 'privilege-matrix: an owner',
    test: 'test/attacks/privilege-matrix.test.ts',
    testName: 'PATCH /api/people/:id (made an owner)',
    file: 'src/commands/people/change-person.ts',
    find: 'requireAssignable(actor, before.role, role ?? before.role)',
    replace: 'requireAssignable(actor, before.role)',
  },
  {
    name: 'switch-by-the-back-door',
    test: 'test/attacks/switch-by-the-back-door.test.ts',
    file: 'src/commands/recipes/approve-switch.ts',
    find: 'if (missing.length === 0) return',
    replace: 'if (missing.length < 3) return',
  },
  {
    name: 'switch-by-the-back-door: turned off',
    test: 'test/attacks/switch-by-the-back-door.test.ts',
    testName: 'saving it off',
    file: 'src/recipes/switch.ts',
    find: 'return was.length !== is.length || was.some((entry, index) => entry !== is[index])',
    replace: 'return is.some((entry, index) => entry !== was[index])',
  },
  {
    name: 'switch-by-the-back-door: a new recipe',
    test: 'test/attacks/switch-by-the-back-door.test.ts',
    testName: 'importing a file with it on',
    file: 'src/recipes/create-recipe.ts',
    find: 'await askApproval(recipe.approve, null, document)',
    replace: 'await askApproval(recipe.approve, document, document)',
  },
  {
    name: 'switch-by-the-back-door: on record',
    test: 'test/attacks/switch-by-the-back-door.test.ts',
    testName: 'changes nothing and is put on record',
    file: 'src/commands/recipes/approve-switch.ts',
    find: '        refused = { change, targetId: recipe.ifRefused }\n',
    replace: '',
  },
  {
    name: 'P5',
    test: 'test/scenarios/api-recipes.test.ts',
    testName: 'P5:',
    file: 'src/recipes/write-version.ts',
    find: "    .where('parent_id', 'is', null)\n",
    replace: '',
  },
  {
    name: 'P5: lists',
    test: 'test/scenarios/api-recipes.test.ts',
    testName: 'P5:',
    file: 'src/commands/connections/list-connections.ts',
    find: "includeRuntimeConnections ? 'both' : 'parents'",
    replace: "'both'",
  },
  {
    name: 'P9',
    test: 'test/scenarios/api-recipes.test.ts',
    testName: 'P9:',
    file: 'src/commands/recipes/approve-switch.ts',
    find: 'if (missing.length === 0) return',
    replace: 'if (missing.length < 3) return',
  },
]
