import { randomUUID } from 'node:crypto'
import { checkBlocks, checkView } from './limits.ts'
import { type Installed, nowAt, type SlackState } from './state.ts'
import type { Json, SlackTeam } from './team.ts'
import type { UserWanted } from './world.ts'

export interface MethodCall {
  method: string
  args: Json
  installed: Installed
}

/**
 * Answers one Web API method for the app. Messages, direct messages and views are the emulator's; what it has not is answered here, as
 * Slack documents it: users as guests, strangers and deactivated; who may post where; who sees what is ephemeral; trigger ids that last
 * three seconds and are spent by their use; the limits of blocks and views; one token for every team of an enterprise.
 */
export async function answerMethod(state: SlackState, call: MethodCall): Promise<Json> {
  const own = OWN[call.method]
  if (own) return own(state, call)
  const team = teamOf(state, call)
  if (!team) return refuse('channel_not_found')
  const answer = await team.ask(team.botUserId, call.method, call.args)
  noteDirect(state, team, answer)
  return answer
}

/** Of a direct message it is only known by its opening in which team it is. */
function noteDirect({ directMessages }: SlackState, { id }: SlackTeam, { channel }: Json): void {
  const opened = channel?.id ?? channel
  if (typeof opened === 'string' && opened.startsWith('D')) directMessages.set(opened, id)
}

export const refuse = (error: string, more: object = {}): Json => ({ ok: false, error, ...more })

type Method = (state: SlackState, call: MethodCall) => Promise<Json> | Json

const OWN: Record<string, Method> = {
  'auth.test': authTest,
  'auth.revoke': revoke,
  'apps.uninstall': revoke,
  'users.info': usersInfo,
  'chat.postMessage': (state, call) => post(state, call),
  'chat.postEphemeral': postEphemeral,
  'chat.update': (state, call) => post(state, call),
  'views.open': openView,
  'views.push': openView,
  'views.update': updateView,
  'views.publish': publishView,
  'assistant.threads.setStatus': () => ({ ok: true }),
  'assistant.threads.setSuggestedPrompts': () => ({ ok: true }),
  'assistant.threads.setTitle': () => ({ ok: true }),
}

/** In which of its teams a token means to act: that of the channel, of the user, or the one named. */
function teamOf(state: SlackState, { args, installed: { teams } }: MethodCall): SlackTeam | undefined {
  const channel = args.channel ?? ''
  if (args.team_id) return teams.find(({ id }) => id === args.team_id)
  const hosts = teams.filter((team) => team.channels.some(({ id }) => id === channel))
  if (hosts.length > 0) return hosts[0]
  const met = state.directMessages.get(channel)
  if (met) return teams.find(({ id }) => id === met)
  const user = args.user ?? args.users ?? args.user_id ?? channel
  const homes = teams.filter(({ users }) => users.some(({ id }) => id === user))
  return teams.length === 1 ? teams[0] : homes[0]
}

function authTest(_state: SlackState, { installed: { teams, enterprise } }: MethodCall): Json {
  const [team] = teams
  return {
    ok: true,
    url: `https://${team?.domain}.slack.com/`,
    team: team?.name,
    team_id: team?.id,
    user: 'behalf',
    user_id: team?.botUserId,
    bot_id: `B${team?.botUserId.slice(1)}`,
    ...(enterprise && { enterprise_id: enterprise.id, is_enterprise_install: teams.length > 1 }),
  }
}

function revoke(_state: SlackState, { installed }: MethodCall): Json {
  installed.dead = 'token_revoked'
  return { ok: true, revoked: true }
}

function usersInfo(state: SlackState, call: MethodCall): Json {
  const team = teamOf(state, call)
  const user = team?.users.find(({ id }) => id === call.args.user)
  return team && user ? { ok: true, user: presentUser(team, user) } : refuse('user_not_found')
}

/** A user as `users.info` and `user_change` tell it. */
export function presentUser({ id, enterprise }: SlackTeam, user: UserWanted): Json {
  const { name, realName, email, kind, emailConfirmed, homeTeam } = user
  return {
    id: user.id,
    team_id: homeTeam ?? id,
    name,
    real_name: realName,
    deleted: kind === 'deactivated',
    is_bot: kind === 'bot',
    is_app_user: false,
    is_restricted: kind === 'guest',
    is_ultra_restricted: false,
    is_admin: false,
    is_owner: false,
    tz: 'Europe/Berlin',
    updated: 1_700_000_000,
    ...(emailConfirmed !== undefined && { is_email_confirmed: emailConfirmed }),
    ...(enterprise && {
      enterprise_user: { id: user.id, enterprise_id: enterprise.id, enterprise_name: enterprise.name, teams: [id] },
    }),
    profile: { real_name: realName, display_name: name, ...(email && { email }) },
  }
}

async function post(state: SlackState, call: MethodCall): Promise<Json> {
  const team = teamOf(state, call)
  const problem = checkBlocks(call.args) ?? (team && whyNotThere(team, call.args.channel))
  if (problem || !team) return problem ?? refuse('channel_not_found')
  const answer = await team.ask(team.botUserId, call.method, call.args)
  noteDirect(state, team, answer)
  return answer
}

function whyNotThere({ botIsIn, gone, channels }: SlackTeam, channel: string): Json | undefined {
  if (gone.has(channel)) return refuse('channel_not_found')
  const wanted = channels.find(({ id }) => id === channel)
  if (!wanted || botIsIn.has(channel)) return undefined
  return refuse(wanted.isPrivate ? 'channel_not_found' : 'not_in_channel')
}

async function postEphemeral(state: SlackState, call: MethodCall): Promise<Json> {
  const { channel, user, text = '', blocks, thread_ts } = call.args
  const team = teamOf(state, call)
  const known = team?.users.find(({ id }) => id === user)
  if (known && known.kind === 'deactivated') return refuse('user_not_in_channel')
  const answer = await post(state, call)
  if (!answer.ok || !team) return answer
  state.ephemerals.push({ team: team.id, channel, user, text, blocks, thread_ts, ts: answer.message_ts })
  return answer
}

async function openView(state: SlackState, { method, args }: MethodCall): Promise<Json> {
  const trigger = state.triggers.get(args.trigger_id ?? args.interactivity_pointer)
  if (!trigger) return refuse('invalid_trigger_id')
  if (trigger.isUsed) return refuse('exchanged_trigger_id')
  if (trigger.until <= nowAt(state)) return refuse('expired_trigger_id')
  const problem = checkView(args.view)
  if (problem) return problem
  trigger.isUsed = true
  const team = state.teams.find(({ id }) => id === trigger.team) as SlackTeam
  const { user } = trigger
  const { trigger_id } = await team.ask(team.botUserId, 'views.generateTriggerId', { user_id: user })
  const answer = await team.ask(team.botUserId, method, { ...args, trigger_id })
  if (answer.ok) state.views.set(answer.view.id, { team: team.id, user, view: answer.view, isOpen: true })
  return answer
}

async function updateView(state: SlackState, { args }: MethodCall): Promise<Json> {
  const kept = state.views.get(args.view_id)
  const problem = checkView(args.view)
  if (!kept?.isOpen || problem) return problem ?? refuse('not_found')
  const team = state.teams.find(({ id }) => id === kept.team) as SlackTeam
  const answer = await team.ask(team.botUserId, 'views.update', args)
  if (answer.ok) kept.view = answer.view
  return answer
}

async function publishView(state: SlackState, call: MethodCall): Promise<Json> {
  const team = teamOf(state, call)
  const problem = checkView(call.args.view)
  if (!team || problem) return problem ?? refuse('user_not_found')
  const answer = await team.ask(team.botUserId, 'views.publish', call.args)
  const user = call.args.user_id
  if (answer.ok) state.views.set(`${team.id}/${user}/home`, { team: team.id, user, view: answer.view, isOpen: true })
  return answer
}

/** A trigger id, which opens one view within three seconds. */
export function mintTrigger(state: SlackState, team: SlackTeam, user: string): string {
  const id = `${Math.floor(nowAt(state) / 1000)}.${team.id}.${randomUUID().replaceAll('-', '')}`
  state.triggers.set(id, { team: team.id, user, until: nowAt(state) + 3000, isUsed: false })
  return id
}
