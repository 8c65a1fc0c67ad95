import { findCommands } from '#commands/chat/find-commands.ts'
import { listMyConnections } from '#commands/connections/my-connections.ts'
import type { CommandsContext } from '#commands/context.ts'
import { viewMyJobs } from '#commands/jobs/view-jobs.ts'
import { connectionsMessage } from '#conversation/connections-message.ts'
import type { Speaker } from '#conversation/converse.ts'
import type { Message } from '../surface.ts'
import { LIMITS } from './blocks/limits.ts'
import { type Block, messageBlocks } from './blocks/message-blocks.ts'
import { restUrl } from './rest-url.ts'
import type { Spoken } from './slack-client.ts'

const JOBS = 10
const COMMANDS = 20

/** Shows somebody the app's home as it is now: their connections, their last jobs, what they can run. */
export async function publishHome(
  ctx: CommandsContext,
  { call }: Spoken,
  actor: Speaker['actor'],
  user: string,
): Promise<void> {
  const parts = [
    ['Your connections', connectionsMessage(await listMyConnections(ctx, actor), ctx.publicUrl)],
    ['Your recent jobs', await jobsMessage(ctx, actor)],
    ['What you can run', await commandsMessage(ctx, actor)],
  ] as const
  const blocks = parts.flatMap(([title, message], index): Block[] => [
    { type: 'header', text: { type: 'plain_text', text: title } },
    ...withOwnIds(messageBlocks(message, { restUrl: restUrl(ctx, null) }).blocks, index),
    { type: 'divider' },
  ])
  await call('views.publish', { user_id: user, view: { type: 'home', blocks: blocks.slice(0, LIMITS.homeBlocks) } })
}

/** why: action ids are unique within a message, and here several stand in one view. */
function withOwnIds(blocks: Block[], part: number): Block[] {
  return JSON.parse(JSON.stringify(blocks), (key, value) => (key === 'action_id' ? `${value}:${part}` : value))
}

async function jobsMessage(ctx: CommandsContext, actor: Speaker['actor']): Promise<Message> {
  const jobs = await viewMyJobs(ctx, actor, { limit: JOBS })
  return {
    text: jobs.length === 0 ? 'You have run nothing yet.' : '',
    fields: jobs.map(({ recipeName, status, createdAt }) => ({
      name: recipeName,
      value: `${status.replaceAll('_', ' ')} · ${createdAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    })),
    links: [{ label: 'All my jobs', url: new URL('/my/jobs', ctx.publicUrl).href }],
    tone: 'neutral',
  }
}

async function commandsMessage(ctx: CommandsContext, actor: Speaker['actor']): Promise<Message> {
  const commands = (await findCommands(ctx, actor)).filter(({ hidden }) => !hidden)
  return {
    text: commands.length === 0 ? 'Nothing is shared with you yet.' : '',
    fields: [],
    links: [],
    tone: 'neutral',
    items: commands.slice(0, COMMANDS).map(({ recipeId, recipeName, command, description }) => ({
      text: description === '' ? recipeName : `${recipeName}: ${description}`,
      badge: { text: command, tone: 'neutral' },
      buttons: [{ label: 'Run', style: 'plain', press: { do: 'run', recipe: recipeId, given: {} }, confirm: null }],
    })),
  }
}
