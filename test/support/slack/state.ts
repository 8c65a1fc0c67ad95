import type { Json, SlackTeam } from './team.ts'

/** A message for one person alone. */
export interface Ephemeral {
  team: string
  channel: string
  user: string
  ts: string
  thread_ts?: string
  text: string
  blocks?: Json[]
}

/** A view that somebody has open, or their App Home. */
export interface SlackView {
  team: string
  user: string
  /** As Slack answers it: `id`, `blocks`, `private_metadata`, `hash`… */
  view: Json
  isOpen: boolean
}

/** What a token stands for: the bot in one team, or in every team of an enterprise. */
export interface Installed {
  teams: SlackTeam[]
  enterprise: { id: string; name: string } | null
  /** Why it is dead: what Slack answers. */
  dead: string | null
}

/** Where an answer to an interaction may be posted. */
export interface ResponseUrl {
  team: SlackTeam
  channel: string
  user: string
  /** The message whose button was pressed; null of a command. */
  message: { ts: string; isEphemeral: boolean; thread_ts?: string } | null
  uses: number
  until: number
}

/** One call of a Web API method, as it came in. */
export interface Call {
  method: string
  args: Json
  /** What it was answered with; `ok` when it was. */
  outcome: string
  at: number
}

/** What the servers of Slack know besides what the emulators keep. */
export interface SlackState {
  url: string
  teams: SlackTeam[]
  tokens: Map<string, Installed>
  ephemerals: Ephemeral[]
  views: Map<string, SlackView>
  triggers: Map<string, { team: string; user: string; until: number; isUsed: boolean }>
  responseUrls: Map<string, ResponseUrl>
  /** The team of each direct message that was opened. */
  directMessages: Map<string, string>
  /** Enterprises in all of whose teams the app is installed at once. */
  orgWide: Set<string>
  /** Where the browser was signed in that was given a code. */
  codes: Map<string, string>
  calls: Call[]
  /** Calls that are answered otherwise: the next `times` of a method. */
  faults: { method: string; times: number; error?: string; retryAfterSeconds?: number }[]
  /** Milliseconds by which this Slack's clock is ahead. */
  ahead: number
}

export const nowAt = ({ ahead }: SlackState): number => Date.now() + ahead
