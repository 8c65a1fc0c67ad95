import type { Sabotage } from '../sabotages.ts'

const CONSENT = 'test/scenarios/consent.test.ts'
const CHANGED = 'test/attacks/recipe-changed-after-consent.test.ts'
const WRONG = 'test/attacks/wrong-account.test.ts'
const SHARED = 'test/attacks/same-account-two-persons.test.ts'
const ONLY = 'test/scenarios/only-for-its-person.test.ts'

/** What keeps a person's leave, and the account they mean, theirs. */
export const askingSabotages: Sabotage[] = [
  {
    name: 'P5: another person',
    test: ONLY,
    testName: 'P5: a child is used only for its own person',
    file: 'src/connections/standing.ts',
    find: "          .on('child.person_id', '=', value('personId'))\n",
    replace: "          .on('child.person_id', 'is not', null)\n",
  },
  {
    name: 'P5: consented to',
    test: ONLY,
    testName: 'P5: a child is used only in recipes',
    file: 'src/connections/standing.ts',
    find: 'if (!row.has_leave && !isConsentSkipped(row))',
    replace: 'if (!row.has_leave && row.workspace_id === null)',
  },
  {
    name: 'recipe-changed-after-consent: another recipe',
    test: CHANGED,
    testName: 'another recipe of the same parent',
    file: 'src/connections/standing.ts',
    find: "          .on('consent.recipe_id', '=', value('recipeId'))\n",
    replace: '',
  },
  {
    name: 'recipe-changed-after-consent: growth',
    test: CHANGED,
    testName: 'a recipe that does more',
    file: 'src/connections/standing.ts',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it stands so in the file
    find: 'consent.footprint @> ${footprint}, false)',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it stands so in the file
    replace: 'consent.footprint is not null or ${footprint} is null, false)',
  },
  {
    name: 'recipe-changed-after-consent: taken back',
    test: CHANGED,
    testName: 'leave that is taken back',
    file: 'src/connections/standing.ts',
    find: "          .on('consent.withdrawn_at', 'is', null),\n",
    replace: '',
  },
  {
    name: 'recipe-changed-after-consent: while the page was read',
    test: CONSENT,
    testName: 'a box gives no leave',
    file: 'src/asking/answer-connect-page.ts',
    find: 'return stale.length > 0 ? undefined : chosen',
    replace: 'return stale.length > 0 ? recipes : chosen',
  },
  {
    name: 'wrong-account: shown before',
    test: WRONG,
    testName: 'another account than before',
    file: 'src/asking/find-doubt.ts',
    find: 'return insteadOf !== null || otherEmail ? { insteadOf } : undefined',
    replace: 'return otherEmail ? { insteadOf } : undefined',
  },
  {
    name: 'wrong-account: the e-mail address',
    test: WRONG,
    testName: 'another e-mail address is shown',
    file: 'src/asking/find-doubt.ts',
    find: 'return insteadOf !== null || otherEmail ? { insteadOf } : undefined',
    replace: 'return insteadOf !== null ? { insteadOf } : undefined',
  },
  {
    name: 'wrong-account: somebody else says yes',
    test: WRONG,
    testName: 'nobody else can say yes',
    file: 'src/asking/finish-attempt.ts',
    find: 'browser.session.id === attempt.session_id && browser.person.id === attempt.person_id)',
    replace: 'attempt.session_id !== null)',
  },
  {
    name: 'wrong-account: left alone',
    test: WRONG,
    testName: 'left alone',
    file: 'src/server/background.ts',
    find: '      await revokeLapsedHeld(ctx)\n',
    replace: '',
  },
  {
    name: 'wrong-account: refused',
    test: WRONG,
    testName: 'a workspace can refuse',
    file: 'src/asking/find-doubt.ts',
    find: '.refuse_other_email)',
    replace: '.skip_consent_per_recipe === null)',
  },
  {
    name: 'same-account-two-persons',
    test: SHARED,
    testName: 'refused for everybody else',
    file: 'src/connections/check-account.ts',
    find: '.allow_shared_outside_accounts) return',
    replace: '.children_limit) return',
  },
]
