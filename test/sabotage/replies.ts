import type { Sabotage } from '../sabotages.ts'

const CONTROLS = 'test/scenarios/reply-controls.test.ts'

/** What keeps buttons of replies to what they say, and to whoever presses them, and what takes a message's place in its place. */
export const replySabotages: Sabotage[] = [
  {
    name: 'replies: as whoever presses',
    test: CONTROLS,
    testName: 'a button of a recipe that was stopped',
    file: 'src/conversation/press.ts',
    find: 'if (!command) return sayThat(NO_LONGER_THERE)',
    replace: '',
  },
  {
    name: 'replies: what was given',
    test: CONTROLS,
    testName: 'run other commands with values',
    file: 'src/conversation/press.ts',
    find: 'const given = { ...press.given, ...pressed.values }',
    replace: 'const given = { ...pressed.values }',
  },
  {
    name: 'replies: a command that there is',
    test: 'src/recipes/validation/reply.test.ts',
    testName: 'a command that no recipe has',
    file: 'src/recipes/validation/validate-recipe.ts',
    find: '  buttonProblems,\n',
    replace: '',
  },
  {
    name: 'replies: in its place after a restart',
    test: CONTROLS,
    testName: 'takes the place of another',
    file: 'src/jobs/run-reply-step.ts',
    find: 'if (message !== undefined) putOutput(frame, step, { message })',
    replace: 'if (!before && message !== undefined) putOutput(frame, step, { message })',
  },
  {
    name: 'replies: not before what came before',
    test: CONTROLS,
    testName: 'takes the place of another',
    file: 'src/jobs/deliver-outbox.ts',
    find: "if (outgoing.kind === 'reply' && outgoing.replaces !== undefined && (await isTooEarly(ctx.db, row))) return",
    replace: '',
  },
  {
    name: 'replies: for whoever looks on',
    test: CONTROLS,
    testName: 'whoever looks on',
    file: 'src/commands/chat/chat-lines.ts',
    find: ', seq = default where',
    replace: ' where',
  },
  {
    name: 'replies: values in quotes',
    test: 'test/contracts/slack-actions.test.ts',
    testName: 'posts buttons and menus',
    file: 'src/core/command-text.ts',
    find: 'quote(value)}`]',
    replace: 'value}`]',
  },
  {
    name: 'replies: buttons taken away',
    test: 'test/contracts/slack-actions.test.ts',
    testName: 'an update takes away',
    file: 'src/connectors/slack/actions/update-message.ts',
    find: "blocksOf(said) ?? '[]'",
    replace: 'blocksOf(said)',
  },
  {
    name: 'commands: hidden in help',
    test: 'test/scenarios/conversation.test.ts',
    testName: 'help is by application',
    file: 'src/conversation/help-message.ts',
    find: 'const shown = commands.filter(({ hidden }) => !hidden)',
    replace: 'const shown = commands',
  },
  {
    name: 'commands: hidden in suggestions',
    test: 'test/scenarios/conversation.test.ts',
    testName: 'a hidden command is neither',
    file: 'src/conversation/understand.ts',
    find: 'const shown = commands.filter(({ hidden }) => !hidden)',
    replace: 'const shown = commands',
  },
]
