import type { Sabotage } from '../sabotages.ts'

const FORGED = 'test/attacks/forged-slack.test.ts'
const OPEN = 'test/attacks/slack-link-in-the-open.test.ts'
const IDENTITIES = 'test/attacks/slack-identities.test.ts'
const CLIENT = 'src/surfaces/slack/slack-client.ts'
const PROFILE = 'src/surfaces/slack/profile.ts'
const SAY = 'src/surfaces/slack/say.ts'

/** What keeps Slack's surface from strangers, and what is private there private, taken away one line at a time. */
export const slackSabotages: Sabotage[] = [
  {
    name: 'forged-slack',
    test: FORGED,
    testName: 'what is not signed with the app’s own secret',
    file: CLIENT,
    find: 'return isValidSlackRequest({ signingSecret, body, headers, nowMilliseconds: now })',
    replace: 'return signature !== "" || isValidSlackRequest({ signingSecret, body, headers, nowMilliseconds: now })',
  },
  {
    name: 'forged-slack: not on record',
    test: FORGED,
    testName: 'what is not signed with the app’s own secret',
    file: 'src/surfaces/slack/routes.ts',
    find: 'if (claimed) await recordForgery',
    replace: 'if (claimed === null) await recordForgery',
  },
  {
    name: 'forged-slack: an address of somebody else',
    test: FORGED,
    testName: 'a response URL that is not Slack’s',
    file: 'src/surfaces/slack/response-url.ts',
    find: 'if (!isOfSlack(app, url)) return false',
    replace: '',
  },
  {
    name: 'lines in their order',
    test: 'test/scenarios/receiving-events.test.ts',
    testName: 'in its order',
    file: 'src/jobs/surface-events.ts',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a line of code
    find: 'queue_name => ${`${event.appId}:${event.sender}`}, ',
    replace: '',
  },
  {
    name: 'what is delivered twice',
    test: 'test/scenarios/receiving-events.test.ts',
    testName: 'delivered twice',
    file: 'src/jobs/surface-events.ts',
    find: 'on conflict do nothing returning id',
    replace: 'on conflict (app_id, delivery_key) do update set received_at = now() returning id',
  },
  {
    name: 'stale-slack',
    test: FORGED,
    testName: 'stale-slack: ',
    file: CLIENT,
    find: 'const STALE_SECONDS = 300',
    replace: 'const STALE_SECONDS = 300_000',
  },
  {
    name: 'replayed-slack',
    test: FORGED,
    testName: 'replayed-slack: ',
    file: 'src/surfaces/slack/read-event.ts',
    find: 'deliveryKey: `command:',
    replace: 'deliveryKey: Math.random() + `command:',
  },
  {
    name: 'link-in-the-open: in a channel of Slack',
    test: OPEN,
    testName: 'in a channel, in a thread',
    file: SAY,
    find: "await spoken.call('chat.postEphemeral', {",
    replace: "await spoken.call('chat.postMessage', {",
  },
  {
    name: 'link-in-the-open: where Slack refuses',
    test: OPEN,
    testName: 'where Slack refuses every private way',
    file: SAY,
    find: 'return sayDirectly(spoken, { ...place, channel: null, thread: null }, message)',
    replace: 'return sayDirectly(spoken, place, message)',
  },
  {
    name: 'same-user-id-other-workspace: in Slack',
    test: IDENTITIES,
    testName: 'U000ALICE of Globex in Slack',
    file: PROFILE,
    find: 'tenant: found.enterprise_user?.enterprise_id ?? found.team_id ?? installation.tenant',
    replace: "tenant: found.enterprise_user?.enterprise_id ?? 'slack'",
  },
  {
    name: 'same-user-id-other-workspace: unlinked in Slack',
    test: IDENTITIES,
    testName: 'an account that was unlinked since',
    file: 'src/surfaces/slack/deliver.ts',
    find: '  await refuseStranger(ctx, spoken, delivery, place)\n',
    replace: '',
  },
  {
    name: 'email-collision: not verified in Slack',
    test: IDENTITIES,
    testName: 'only a verified address makes somebody Bob',
    file: PROFILE,
    find: 'emailVerified: found.is_email_confirmed ?? false',
    replace: 'emailVerified: true',
  },
  {
    name: 'email-collision: a stranger in Slack',
    test: IDENTITIES,
    testName: 'a stranger in a shared channel',
    file: 'src/commands/surfaces/who-speaks.ts',
    find: "profile.kind === 'stranger' ? { ...trustIn(installation), emailDomains: [] } : trustIn(installation)",
    replace: 'trustIn(installation)',
  },
  {
    name: 'guests of Slack',
    test: 'test/scenarios/slack-people.test.ts',
    testName: 'is refused, told so alone',
    file: PROFILE,
    find: "return user.is_restricted || user.is_ultra_restricted ? 'guest' : 'member'",
    replace: "return 'member'",
  },
  {
    name: 'strangers in Slack',
    test: 'test/scenarios/slack-people.test.ts',
    testName: 'is refused, told so alone',
    file: PROFILE,
    find: "if (user.is_stranger || !isAtHome) return 'stranger'",
    replace: '',
  },
  {
    name: 'people of an enterprise in Slack',
    test: 'test/scenarios/slack-workspaces.test.ts',
    testName: 'where only one workspace of an enterprise',
    file: 'src/surfaces/slack/deliver.ts',
    find: 'const homes = [home, tenant, spoken.installation.facts.enterprise_id]',
    replace: 'const homes = [tenant]',
  },
  {
    name: 'Slack’s rate limit',
    test: 'test/scenarios/slack-faults.test.ts',
    testName: 'Slack’s rate limit is obeyed',
    file: CLIENT,
    find: '      retryAfterMs: error.retryAfter * 1000,\n',
    replace: '',
  },
]
