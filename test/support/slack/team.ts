import { createEmulator } from 'emulate'
import { freePort } from '../free-port.ts'
import { APP, type TeamWanted, type UserWanted } from './world.ts'

// biome-ignore lint/suspicious/noExplicitAny: what Slack answers is read field by field
export type Json = any

/** One Slack team: `emulate`'s Slack, which has one each, with ids of our choice. */
export interface SlackTeam extends TeamWanted {
  /** The bot's user id in this team. */
  botUserId: string
  /** The emulator's own address, for its pages. */
  url: string
  /** Asks the emulator as somebody of the team, or as the bot. */
  ask(as: string, method: string, args?: object): Promise<Json>
  /** The channels the bot is in; direct messages are not counted. */
  botIsIn: Set<string>
  /** Channels that were deleted. */
  gone: Set<string>
  stop(): Promise<void>
}

/** Starts one. The app may send browsers back to `redirectUris`, to which more may be added. */
export async function startTeam(wanted: TeamWanted, redirectUris: string[]): Promise<SlackTeam> {
  const botUserId = `U0BOT${wanted.id.slice(-4)}`
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const seed = seedOf(wanted, botUserId, redirectUris) as never
  const emulator = await createEmulator({ service: 'slack', port, seed })
  const ids = new Map([['T000000001', wanted.id]])
  const ask: SlackTeam['ask'] = async (as, method, args = {}) => {
    const headers = { authorization: `Bearer ${tokenOf(as)}`, 'content-type': 'application/json' }
    const body = replaceAll(
      JSON.stringify(args),
      [...ids].map(([theirs, ours]) => [ours, theirs] as const),
    )
    const answer = await fetch(`${url}/api/${method}`, { method: 'POST', headers, body })
    return JSON.parse(replaceAll(await answer.text(), [...ids]))
  }
  const [first] = wanted.users
  const { members } = await ask(first?.id ?? '', 'users.list')
  const { channels } = await ask(first?.id ?? '', 'conversations.list', { types: 'public_channel,private_channel' })
  for (const { id, name } of wanted.users) ids.set(byName(members, name), id)
  for (const { id, name } of wanted.channels) ids.set(byName(channels, name), id)
  const joined = wanted.channels.filter(({ withoutBot }) => !withoutBot).map(({ id }) => id)
  for (const channel of joined) await ask(first?.id ?? '', 'conversations.invite', { channel, users: botUserId })
  return { ...wanted, botUserId, url, ask, botIsIn: new Set(joined), gone: new Set(), stop: () => emulator.close() }
}

/** The emulator's own token of a user. */
const tokenOf = (id: string): string => `xoxt-${id}`

function byName(all: { id: string; name: string }[], name: string): string {
  const found = all.find((each) => each.name === name)
  if (!found) throw new Error(`the emulated Slack has no ${name}`)
  return found.id
}

// why: the emulator picks its ids itself, nine letters and digits by chance; nothing else reads like one.
function replaceAll(text: string, pairs: (readonly [string, string])[]): string {
  return pairs.reduce((changed, [from, to]) => changed.replaceAll(`"${from}"`, `"${to}"`), text)
}

function seedOf({ name, domain, users, channels }: TeamWanted, botUserId: string, redirect_uris: string[]) {
  const bot = { bot_id: `B${botUserId.slice(1)}`, bot_user_id: botUserId, app_id: APP.app_id }
  return {
    slack: {
      team: { name, domain },
      users: users.map(({ name: login, realName, email }: UserWanted) => ({
        name: login,
        real_name: realName,
        email: email ?? `${login}@nowhere.test`,
      })),
      channels: channels.map(({ name: channel, isPrivate = false }) => ({ name: channel, is_private: isPrivate })),
      oauth_apps: [{ ...APP, ...bot, name: 'Behalf', bot_name: 'behalf', redirect_uris }],
      tokens: [
        ...users.map(({ id, name: login }) => ({ token: tokenOf(id), user: login })),
        { token: tokenOf(botUserId), user_id: botUserId, ...bot, type: 'bot' },
      ],
    },
  }
}
