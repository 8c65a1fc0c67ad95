import { findCommands } from '#commands/chat/find-commands.ts'
import { deleteConnection, disconnectConnection } from '#commands/connections/cut-off-connections.ts'
import { linkToConnectMine, listMyConnections } from '#commands/connections/my-connections.ts'
import type { CommandsContext } from '#commands/context.ts'
import { answerJob, CANCEL, fieldWords, findQuestionOf } from '#commands/jobs/answer-job.ts'
import { cancelJob } from '#commands/jobs/cancel-job.ts'
import { UserError } from '#core/errors.ts'
import type { ConnectionId } from '#core/ids.ts'
import { inSpan } from '#core/trace.ts'
import type { Form, Press, Reaction } from '#surfaces/surface.ts'
import { commandForm, isComplete, questionForm } from './command-form.ts'
import { connectionsMessage } from './connections-message.ts'
import { converse, expectAnswer, NO_LONGER_THERE, runOrAsk, type Speaker } from './converse.ts'
import { plainMessage } from './plain-message.ts'
import { replaceBy, sayThat } from './reaction.ts'

/** A button that was pressed, or a form that was sent. */
export interface Pressed extends Speaker {
  press: Press
  /** The form's fields, by name; null where there was no form. */
  values: Record<string, string> | null
}

/**
 * Does what a button stands for, as the person who pressed it and within their rights, whoever it was shown to. A form that is sent with
 * mistakes is opened again with each beside its field. What cannot be done is said, not thrown.
 */
export async function answerPress(ctx: CommandsContext, pressed: Pressed): Promise<Reaction> {
  expectAnswer(ctx)
  try {
    return await inSpan(ctx, { name: 'conversation' }, () => act(ctx, pressed))
  } catch (error) {
    if (error instanceof UserError) return sayThat(plainMessage(error.message, 'failure'))
    throw error
  }
}

async function act(ctx: CommandsContext, pressed: Pressed): Promise<Reaction> {
  const { press, actor } = pressed
  switch (press.do) {
    case 'say':
      return converse(ctx, { ...pressed, text: press.text })
    case 'run':
      return run(ctx, pressed, press)
    case 'choose':
      await answerJob(ctx, actor, { id: press.job, step: press.step, choice: press.choice })
      return replaceBy(plainMessage('Thank you. It goes on.'))
    case 'fill_in':
      return fillIn(ctx, pressed, press)
    case 'cancel':
      await cancelJob(ctx, actor, press.job)
      return replaceBy(plainMessage('Cancelled.'))
    case 'type_code':
      return typeCode(ctx, pressed)
    case 'connect':
      return connect(ctx, pressed, press.parent)
    case 'disconnect':
      await disconnectConnection(ctx, actor, press.connection)
      return listAnew(ctx, pressed)
    case 'delete':
      await deleteConnection(ctx, actor, press.connection)
      return listAnew(ctx, pressed)
  }
}

type PressOf<Do extends Press['do']> = Extract<Press, { do: Do }>

async function run(ctx: CommandsContext, pressed: Pressed, press: PressOf<'run'>): Promise<Reaction> {
  const command = (await findCommands(ctx, pressed.actor)).find(({ recipeId }) => recipeId === press.recipe)
  if (!command) return sayThat(NO_LONGER_THERE)
  const given = { ...press.given, ...pressed.values }
  const form = pressed.values && commandForm(command, given, true)
  return form && !isComplete(form) ? { ...sayThat(), form } : runOrAsk(ctx, pressed, command, given)
}

/** Opens the question's form, or takes what it was filled with. Where none can be opened, the first field is asked for in words. */
async function fillIn(
  ctx: CommandsContext,
  { actor, values, canOpenForm }: Pressed,
  { job: id, step }: PressOf<'fill_in'>,
): Promise<Reaction> {
  const question = await findQuestionOf(ctx, actor, id)
  const isAsked = question?.step === step && question.form !== null
  const form = isAsked ? questionForm(question, values ?? {}, values !== null) : null
  const [first] = question?.form ?? []
  if (form && first && values === null && !canOpenForm) return sayThat(plainMessage(`${fieldWords(first)} ${CANCEL}`))
  if (form && (values === null || !isComplete(form))) return { ...sayThat(), form }
  await answerJob(ctx, actor, { id, step, values: values ?? {} })
  return sayThat(plainMessage('Thank you. It goes on.'))
}

/** Asks for the code that a browser shows, or takes it. */
async function typeCode(ctx: CommandsContext, pressed: Pressed): Promise<Reaction> {
  const { values, canOpenForm } = pressed
  if (values) return converse(ctx, { ...pressed, text: `code ${values.code ?? ''}` })
  return canOpenForm ? { ...sayThat(), form: CODE_FORM } : sayThat(plainMessage('Type it here, as in “code ABC234”.'))
}

const CODE_FORM: Form = {
  title: 'Is it you?',
  fields: [
    {
      name: 'code',
      label: 'The code that your browser shows',
      type: 'text',
      hint: 'Only if you opened the link yourself.',
      required: true,
      choices: [],
      value: null,
      problem: null,
    },
  ],
  submit: { label: 'Go on', style: 'primary', press: { do: 'type_code' }, confirm: null },
}

async function listAnew(ctx: CommandsContext, { actor }: Pressed): Promise<Reaction> {
  return replaceBy(connectionsMessage(await listMyConnections(ctx, actor), ctx.publicUrl))
}

async function connect(ctx: CommandsContext, { actor, origin }: Pressed, parentId: ConnectionId): Promise<Reaction> {
  const returnTo = typeof origin.address.return_to === 'string' ? origin.address.return_to : null
  const url = await linkToConnectMine(ctx, actor, { parentId, surface: origin.surface, returnTo })
  return sayThat({ ...plainMessage('Connect here, as yourself.'), links: [{ label: 'Connect', url }] })
}
