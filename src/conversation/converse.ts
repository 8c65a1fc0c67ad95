import { type AnswerDialog, type CommandDialog, endDialog, findDialog, keepDialog } from '#commands/chat/dialogs.ts'
import {
  findCommands,
  findStoppedCommands,
  type Parameter,
  type RunnableCommand,
  readParameter,
} from '#commands/chat/find-commands.ts'
import { listMyConnections } from '#commands/connections/my-connections.ts'
import type { CommandsContext } from '#commands/context.ts'
import type { requirePerson } from '#commands/identify.ts'
import { fieldWords, findMyQuestion, findQuestionOf } from '#commands/jobs/answer-job.ts'
import { runRecipe } from '#commands/jobs/run-recipe.ts'
import { UserError } from '#core/errors.ts'
import { inSpan } from '#core/trace.ts'
import type { Message, Origin, Reaction } from '#surfaces/surface.ts'
import { answerInChat, isMeantFor } from './answer-in-chat.ts'
import { answerTie } from './answer-tie.ts'
import { commandForm } from './command-form.ts'
import { connectionsMessage } from './connections-message.ts'
import { helpMessage } from './help-message.ts'
import { plainMessage } from './plain-message.ts'
import { sayThat } from './reaction.ts'
import { longestMatch, mayBeValue, understand } from './understand.ts'

/** Somebody in a conversation. */
export interface Speaker {
  /** Who it is, as the surface has made sure. */
  actor: ReturnType<typeof requirePerson>
  /** Where answers and prompts of jobs go. */
  origin: Origin
  /** Names the conversation in which parameters are asked for one by one. */
  conversation: string
  /** The same for each repetition of one delivery. */
  deliveryKey: string
  /** Whether a form can be opened in answer; otherwise its fields are asked for one by one. */
  canOpenForm: boolean
}

export interface Said extends Speaker {
  text: string
}

/**
 * Answers one line of a person. What a job answers comes later, by the outbox; these are the immediate answers. What cannot be done is
 * said, not thrown.
 */
export function converse(ctx: CommandsContext, said: Said): Promise<Reaction> {
  expectAnswer(ctx)
  return inSpan(ctx, { name: 'conversation' }, () => answer(ctx, said))
}

const ANSWER_MS = 10_000

/** What a job answers to somebody who has just spoken goes out at once. */
export function expectAnswer({ chatting }: CommandsContext): void {
  chatting.until = performance.now() + ANSWER_MS
}

async function answer(ctx: CommandsContext, said: Said): Promise<Reaction> {
  try {
    const dialog = await findDialog(ctx, said.actor, said.conversation)
    const tie = await answerTie(ctx, said)
    // why: a value that is asked for may read like a code, too.
    if (tie && (tie.waits || !dialog)) return sayThat(tie.message)
    const commands = await findCommands(ctx, said.actor)
    if (!dialog) return await begin(ctx, said, commands)
    return 'jobId' in dialog
      ? await goOnAnswering(ctx, said, dialog, commands)
      : await goOn(ctx, said, dialog, commands)
  } catch (error) {
    if (error instanceof UserError) return sayThat(plainMessage(error.message, 'failure'))
    throw error
  }
}

async function begin(ctx: CommandsContext, said: Said, commands: RunnableCommand[]): Promise<Reaction> {
  const understood = understand(said.text, commands)
  if (understood.kind === 'command') return runOrAsk(ctx, said, understood.command, understood.given)
  const asked = await findMyQuestion(ctx, said.actor, said.origin.surface)
  if (asked && isMeantFor(asked, said.text, understood)) return sayThat(...(await answerInChat(ctx, said, asked)))
  switch (understood.kind) {
    case 'help':
      return sayThat(helpMessage(commands, understood.about))
    case 'connections':
      return sayThat(connectionsMessage(await listMyConnections(ctx, said.actor), ctx.publicUrl))
    case 'cancel':
      return sayThat(plainMessage('There is nothing to cancel.'))
    case 'unknown':
      // Who only calls is told what there is.
      if (/^\s*([/@]\S*)?\s*$/.test(said.text) && understood.similar === null)
        return sayThat(helpMessage(commands, null))
      return sayThat(await notUnderstood(ctx, said, understood.similar))
  }
}

/** A command that is there but stopped is named with the reason; otherwise the nearest that can be run. */
async function notUnderstood(ctx: CommandsContext, said: Said, similar: string | null): Promise<Message> {
  const stopped = longestMatch(said.text, await findStoppedCommands(ctx, said.actor))
  if (stopped) return plainMessage(`“${stopped.name}” is stopped. ${stopped.reason ?? 'Ask its builder.'}`, 'failure')
  if (similar === null) return plainMessage('I do not know that. Say “help” to see what you can run.')
  return {
    ...plainMessage(`I do not know that. Did you mean “${similar}”? Say “help” to see what you can run.`),
    buttons: [{ label: similar, style: 'plain', press: { do: 'say', text: similar }, confirm: null }],
  }
}

/** The line answers the parameter that was asked for last. */
async function goOn(
  ctx: CommandsContext,
  said: Said,
  dialog: CommandDialog,
  commands: RunnableCommand[],
): Promise<Reaction> {
  await endDialog(ctx, said.actor, said.conversation)
  const command = commands.find(({ recipeId }) => recipeId === dialog.recipeId)
  if (/^\s*cancel\s*$/i.test(said.text)) return sayThat(plainMessage('Cancelled. Nothing was done.'))
  if (!command) return sayThat(NO_LONGER_THERE)
  // why: somebody who types another command has changed their mind; it is not the value of a parameter.
  const other = understand(said.text, commands)
  if (!mayBeValue(other)) return begin(ctx, said, commands)
  return runOrAsk(ctx, said, command, { ...dialog.given, [dialog.asked]: said.text })
}

/** The line answers a field of what a job asks, while it does; a command typed in full, and what comes after the question, is a new line. */
async function goOnAnswering(
  ctx: CommandsContext,
  said: Said,
  dialog: AnswerDialog,
  commands: RunnableCommand[],
): Promise<Reaction> {
  await endDialog(ctx, said.actor, said.conversation)
  const asked = await findQuestionOf(ctx, said.actor, dialog.jobId)
  const isOther = understand(said.text, commands).kind === 'command'
  if (!asked || asked.step !== dialog.step || isOther) return begin(ctx, said, commands)
  return sayThat(...(await answerInChat(ctx, said, asked, dialog)))
}

/** Said of a command that was stopped, deleted or unshared since it was shown. */
export const NO_LONGER_THERE = plainMessage(
  'That command is no longer there. Say “help” to see what you can run.',
  'failure',
)

/** Runs the command when everything it needs is there and good; otherwise opens its form, or asks for the next thing. */
export async function runOrAsk(
  ctx: CommandsContext,
  speaker: Speaker,
  command: RunnableCommand,
  given: Record<string, unknown>,
): Promise<Reaction> {
  for (const parameter of command.parameters) {
    const read = readParameter(parameter, given[parameter.name])
    if (!('problem' in read)) continue
    if (speaker.canOpenForm) return { ...sayThat(), form: commandForm(command, given, false) }
    const { [parameter.name]: wrong, ...kept } = given
    await keepDialog(ctx, speaker.actor, {
      conversation: speaker.conversation,
      dialog: { recipeId: command.recipeId, given: kept, asked: parameter.name },
    })
    return sayThat(question(parameter, wrong === undefined ? null : read.problem))
  }
  await runRecipe(ctx, speaker.actor, {
    recipeId: command.recipeId,
    input: given,
    origin: speaker.origin,
    deliveryKey: speaker.deliveryKey,
    waitMs: 0,
  })
  return sayThat()
}

function question(parameter: Parameter, problem: string | null): Message {
  return plainMessage(`${problem ? `That ${problem}. ` : ''}${fieldWords(parameter)} (Say “cancel” to stop.)`)
}
