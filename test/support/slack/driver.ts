import { randomUUID } from 'node:crypto'
import { type Ack, deliver, type Sent } from './deliver.ts'
import { type SlackServers, startSlackServers } from './emulated-slack.ts'
import { found } from './found.ts'
import { presentUser } from './methods.ts'
import { type SlackPerson, slackPerson } from './person.ts'
import { sample } from './samples.ts'
import { type Call, nowAt } from './state.ts'
import type { Json, SlackTeam } from './team.ts'
import { APP, type SlackAppWanted, type TeamWanted } from './world.ts'

/** Slack with its people, and what its servers send to the app. */
export interface Slack extends SlackServers {
  app: SlackAppWanted
  team(id?: string): SlackTeam
  /** Somebody of a team, by name: the first team where none is said. */
  person(name: string, team?: string): SlackPerson
  /** Where the app listens over HTTP. Otherwise its WebSockets are used. */
  requestUrl: string | null
  /** How often each request is sent; the repetitions as retries. Default 1. */
  sendTimes: number
  /** Every acknowledgement so far, the oldest first. */
  acks: (Ack & { kind: Sent['kind'] })[]
  send(sent: Sent): Promise<Ack>
  /** Sends the last request once more, as a retry. */
  repeatLast(): Promise<Ack>
  /** Sends an event of a team in its envelope. */
  event(team: SlackTeam, event: Json, more?: object): Promise<Ack>
  /** Calls of a method by the app, or all. */
  calls(method?: string): Call[]
  /** Slack's clock goes ahead. */
  advance(ms: number): void
  /** The next calls of a method are refused, or limited for so many seconds. */
  failNext(method: string, fault: { error: string } | { retryAfterSeconds: number }, times?: number): void
  /** The bot is taken out of a channel. */
  removeBot(channel: string): Promise<void>
  deleteChannel(channel: string): void
  /** An administrator of the team takes the app out: its token dies, and the app is told. */
  uninstall(team?: string): Promise<void>
  /** Somebody's account is changed there, and the app is told. */
  changeUser(name: string, change: object): Promise<Ack>
}

export interface SlackOptions {
  teams?: TeamWanted[]
  requestUrl?: string
  /** Default: any that is free. */
  port?: number
}

/** Starts it; stop it with `stop()`. */
export async function startSlack({ teams, requestUrl, port }: SlackOptions = {}): Promise<Slack> {
  const servers = await startSlackServers(teams, port)
  const { state, sockets } = servers
  let last: Sent | undefined
  const slack: Slack = {
    ...servers,
    app: APP,
    requestUrl: requestUrl ?? null,
    sendTimes: 1,
    acks: [],
    team: (id = state.teams[0]?.id) => found(state.teams, ({ id: each }) => each === id, `team ${id}`),
    person: (name, team) => slackPerson(slack, slack.team(team), name),
    async send(sent) {
      last = sent
      const to = slack.requestUrl ?? sockets
      const ack = await deliver(APP, to, sent)
      slack.acks.push({ ...ack, kind: sent.kind })
      for (let num = 1; num < slack.sendTimes; num++)
        await deliver(APP, to, { ...sent, retry: { num, reason: 'http_timeout' } })
      return ack
    },
    repeatLast: () => slack.send({ ...(last as Sent), retry: { num: 1, reason: 'http_error' } }),
    event: (team, event, more) =>
      slack.send({ kind: 'events_api', payload: envelope(state.orgWide, team, event, more) }),
    calls: (method) => state.calls.filter((call) => method === undefined || call.method === method),
    advance(ms) {
      state.ahead += ms
    },
    failNext: (method, fault, times = 1) => void state.faults.push({ method, times, ...fault }),
    async removeBot(channel) {
      const team = found(state.teams, ({ channels }) => channels.some(({ id }) => id === channel), channel)
      team.botIsIn.delete(channel)
      await team.ask(team.users[0]?.id ?? '', 'conversations.kick', { channel, user: team.botUserId })
    },
    deleteChannel: (channel) =>
      void found(state.teams, ({ channels }) => channels.some(({ id }) => id === channel), channel).gone.add(channel),
    uninstall: (id) => uninstall(slack, slack.team(id)),
    changeUser: (name, change) => changeUser(slack, name, change),
  }
  return slack
}

function envelope(orgWide: ReadonlySet<string>, team: SlackTeam, event: Json, more: object = {}): Json {
  const { enterprise } = team
  const enterprise_id = enterprise?.id ?? null
  return sample('event-envelope', {
    team_id: team.id,
    context_team_id: team.id,
    context_enterprise_id: enterprise_id,
    ...(enterprise && { enterprise_id }),
    api_app_id: APP.app_id,
    event,
    event_id: `Ev${randomUUID().replaceAll('-', '').slice(0, 12).toUpperCase()}`,
    event_time: Math.floor(Date.now() / 1000),
    authorizations: [
      {
        enterprise_id,
        team_id: team.id,
        user_id: team.botUserId,
        is_bot: true,
        is_enterprise_install: orgWide.has(enterprise?.id ?? ''),
      },
    ],
    ...more,
  })
}

async function uninstall(slack: Slack, team: SlackTeam): Promise<void> {
  for (const installed of slack.state.tokens.values())
    if (installed.teams.includes(team)) installed.dead = 'account_inactive'
  await slack.event(team, sample('tokens-revoked', { tokens: { oauth: [], bot: [team.botUserId] } }))
  await slack.event(team, sample('app-uninstalled', {}))
}

async function changeUser(slack: Slack, name: string, change: object): Promise<Ack> {
  const team = slack.team()
  const user = found(team.users, (each) => each.name === name, name)
  Object.assign(user, change)
  const at = nowAt(slack.state)
  return slack.event(
    team,
    sample('user-change', {
      user: presentUser(team, user),
      cache_ts: Math.floor(at / 1000),
      event_ts: String(at / 1000),
    }),
  )
}
