import { z } from 'zod'
import type { Place } from './place.ts'

/** What Slack sent, as far as it is anything to us. */
export type Incoming = Sender &
  (
    | { kind: 'said'; text: string; place: Where; triggerId: string | null }
    | { kind: 'pressed'; sent: unknown; place: Where; triggerId: string; source: PressedOn }
    | { kind: 'followed'; blockId: string; responseUrl: string | null }
    | { kind: 'sent_form'; view: SentView }
    | { kind: 'opened_home' }
    | { kind: 'opened_thread'; place: Where }
    | { kind: 'profile_changed' }
    | { kind: 'uninstalled' }
  )

interface Sender {
  /** The installation's id at Slack: the enterprise's where the app is installed in all of it, else the team's. */
  tenant: string
  user: string
  /** The same for every repetition. */
  deliveryKey: string
}

type Where = Pick<Place, 'channel' | 'isDirect' | 'thread' | 'isHidden' | 'responseUrl'>

/** What a button was pressed on: a message, which can be replaced by the response URL, or a view. */
export type PressedOn = { kind: 'message' } | { kind: 'home' } | { kind: 'form' }

export interface SentView {
  id: string
  metadata: string
  values: Record<string, string>
}

/** Reads a verified request's body; null for what is nothing to us: bots, edits, what Slack may add. */
export function readEvent(body: unknown): Incoming | null {
  const read = Body.safeParse(body)
  if (!read.success) return null
  const sent = read.data
  if ('command' in sent) return readCommand(sent)
  switch (sent.type) {
    case 'event_callback':
      return readCallback(sent)
    case 'block_actions':
      return readActions(sent)
    case 'view_submission':
      return readSubmission(sent)
  }
}

// --- slash commands -----------------------------------------------------------------------------------------------------------

const Command = z.object({
  command: z.string(),
  text: z.string().default(''),
  user_id: z.string(),
  team_id: z.string(),
  enterprise_id: z.string().optional(),
  is_enterprise_install: z.string().optional(),
  channel_id: z.string(),
  trigger_id: z.string(),
  response_url: z.string(),
})

function readCommand(sent: z.infer<typeof Command>): Incoming {
  return {
    kind: 'said',
    tenant: tenantOf(sent.is_enterprise_install === 'true', sent.enterprise_id, sent.team_id),
    user: sent.user_id,
    deliveryKey: `command:${sent.trigger_id}`,
    text: sent.text.trim() === '' ? 'help' : unescapeText(sent.text),
    triggerId: sent.trigger_id,
    // Also in a direct message: it may be one between two people, where the app is not.
    place: { channel: sent.channel_id, isDirect: false, thread: null, isHidden: true, responseUrl: sent.response_url },
  }
}

const tenantOf = (isOfEnterprise: boolean, enterprise: string | null | undefined, team: string | null | undefined) =>
  (isOfEnterprise ? enterprise : team) ?? team ?? enterprise ?? ''

// --- events -------------------------------------------------------------------------------------------------------------------

const Callback = z.object({
  type: z.literal('event_callback'),
  team_id: z.string().nullish(),
  enterprise_id: z.string().nullish(),
  context_team_id: z.string().nullish(),
  context_enterprise_id: z.string().nullish(),
  event_id: z.string(),
  authorizations: z
    .array(
      z.object({
        enterprise_id: z.string().nullish(),
        team_id: z.string().nullish(),
        is_enterprise_install: z.boolean().nullish(),
      }),
    )
    .nullish(),
  event: z.looseObject({
    type: z.string(),
    subtype: z.string().optional(),
    user: z.union([z.string(), z.looseObject({ id: z.string() })]).optional(),
    bot_id: z.string().optional(),
    text: z.string().optional(),
    channel: z.string().optional(),
    channel_type: z.string().optional(),
    ts: z.string().optional(),
    thread_ts: z.string().optional(),
    tab: z.string().optional(),
    tokens: z.looseObject({ bot: z.array(z.string()).optional() }).optional(),
    assistant_thread: z.looseObject({ user_id: z.string(), channel_id: z.string(), thread_ts: z.string() }).optional(),
  }),
})
type Callback = z.infer<typeof Callback>

function readCallback(sent: Callback): Incoming | null {
  const { event } = sent
  const user = typeof event.user === 'string' ? event.user : (event.user?.id ?? '')
  const sender = { tenant: tenantOfEvent(sent), user, deliveryKey: `event:${sent.event_id}` }
  switch (event.type) {
    case 'message':
    case 'app_mention':
      return readLine(sender, event)
    case 'app_home_opened':
      return event.tab === 'home' ? { ...sender, kind: 'opened_home' } : null
    case 'assistant_thread_started':
      return readThread(sender, event)
    case 'user_change':
      return { ...sender, kind: 'profile_changed' }
    case 'app_uninstalled':
      return { ...sender, kind: 'uninstalled' }
    case 'tokens_revoked':
      return event.tokens?.bot?.length ? { ...sender, kind: 'uninstalled' } : null
    default:
      return null
  }
}

function tenantOfEvent({ authorizations, ...sent }: Callback): string {
  const [first] = authorizations ?? []
  if (first) return tenantOf(first.is_enterprise_install === true, first.enterprise_id, first.team_id)
  return tenantOf(false, sent.context_enterprise_id ?? sent.enterprise_id, sent.context_team_id ?? sent.team_id)
}

/** A line to the app: in a direct message, or by naming it first in a channel. What bots say, and what is changed later, is none. */
function readLine(sender: Sender, event: Callback['event']): Incoming | null {
  const isLine = event.subtype === undefined || event.subtype === 'file_share' || event.subtype === 'thread_broadcast'
  const isDirect = event.channel_type === 'im'
  const isToUs = event.type === 'app_mention' ? !isDirect : isDirect
  if (!isLine || !isToUs || event.bot_id !== undefined || !event.channel || sender.user === '') return null
  const text = unescapeText((event.text ?? '').replace(/^\s*<@[A-Z0-9]+(\|[^>]*)?>\s*/, ''))
  const thread = event.thread_ts ?? null
  return {
    ...sender,
    kind: 'said',
    text: text.trim() === '' ? 'help' : text,
    triggerId: null,
    place: { channel: event.channel, isDirect, thread, isHidden: false, responseUrl: null },
  }
}

/** A new thread with the app as an assistant. */
function readThread(sender: Sender, { assistant_thread: thread }: Callback['event']): Incoming | null {
  if (!thread) return null
  const where = { channel: thread.channel_id, thread: thread.thread_ts }
  return {
    ...sender,
    user: thread.user_id,
    kind: 'opened_thread',
    place: { ...where, isDirect: true, isHidden: false, responseUrl: null },
  }
}

// --- interactions -------------------------------------------------------------------------------------------------------------

const Interaction = {
  user: z.object({ id: z.string() }),
  team: z.object({ id: z.string() }).nullish(),
  enterprise: z.object({ id: z.string() }).nullish(),
  is_enterprise_install: z.boolean().nullish(),
}

const Actions = z.object({
  ...Interaction,
  type: z.literal('block_actions'),
  trigger_id: z.string(),
  response_url: z.string().optional(),
  container: z.looseObject({
    type: z.string(),
    message_ts: z.string().optional(),
    thread_ts: z.string().optional(),
    channel_id: z.string().optional(),
    is_ephemeral: z.boolean().optional(),
  }),
  channel: z.object({ id: z.string(), name: z.string().optional() }).optional(),
  view: z.looseObject({ type: z.string() }).optional(),
  actions: z
    .array(
      z.looseObject({
        action_id: z.string(),
        block_id: z.string().optional(),
        action_ts: z.string().optional(),
        value: z.string().optional(),
        selected_option: z.looseObject({ value: z.string() }).nullish(),
      }),
    )
    .min(1),
})

/** What action ids begin with: of what carries a press, and of a link, of which Slack only tells that it was followed. */
export const PRESS = 'press:'
export const LINK = 'link:'

function readActions(sent: z.infer<typeof Actions>): Incoming | null {
  const [action] = sent.actions
  if (!action) return null
  const sender = senderOf(sent, `press:${sent.trigger_id}`)
  if (action.action_id.startsWith(LINK))
    return { ...sender, kind: 'followed', blockId: action.block_id ?? '', responseUrl: sent.response_url ?? null }
  if (!action.action_id.startsWith(PRESS)) return null
  const channel = sent.channel?.id ?? sent.container.channel_id ?? null
  return {
    ...sender,
    kind: 'pressed',
    sent: parseJson(action.selected_option?.value ?? action.value ?? ''),
    triggerId: sent.trigger_id,
    source: { kind: sourceOf(sent) },
    place: {
      channel,
      isDirect: channel === null || channel.startsWith('D'),
      thread: sent.container.thread_ts ?? null,
      isHidden: sent.container.is_ephemeral === true,
      responseUrl: sent.response_url ?? null,
    },
  }
}

function sourceOf({ container, view }: z.infer<typeof Actions>): PressedOn['kind'] {
  if (container.type !== 'view') return 'message'
  return view?.type === 'home' ? 'home' : 'form'
}

const Submission = z.object({
  ...Interaction,
  type: z.literal('view_submission'),
  view: z.looseObject({
    id: z.string(),
    private_metadata: z.string(),
    state: z.object({ values: z.record(z.string(), z.record(z.string(), z.looseObject({}))) }),
  }),
})

function readSubmission(sent: z.infer<typeof Submission>): Incoming {
  const { id, private_metadata: metadata, state } = sent.view
  const values: Record<string, string> = {}
  for (const [field, inputs] of Object.entries(state.values)) {
    const value = inputValue(Object.values(inputs)[0] ?? {})
    if (value !== null) values[field] = value
  }
  return { ...senderOf(sent, `form:${id}`), kind: 'sent_form', view: { id, metadata, values } }
}

/** Of a text, a number, a choice, or a checkbox. */
function inputValue(input: Record<string, unknown>): string | null {
  if (typeof input.value === 'string') return input.value
  const chosen = input.selected_option as { value?: unknown } | null | undefined
  if (typeof chosen?.value === 'string') return chosen.value
  if (Array.isArray(input.selected_options)) return input.selected_options.length > 0 ? 'yes' : 'no'
  return null
}

function senderOf(
  sent: Pick<z.infer<typeof Actions>, 'user' | 'team' | 'enterprise' | 'is_enterprise_install'>,
  deliveryKey: string,
): Sender {
  const tenant = tenantOf(sent.is_enterprise_install === true, sent.enterprise?.id, sent.team?.id)
  return { tenant, user: sent.user.id, deliveryKey }
}

const Body = z.union([z.discriminatedUnion('type', [Callback, Actions, Submission]), Command])

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const ENTITIES: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&amp;': '&' }

/** Slack's marks around addresses, links, people and channels are taken away, and what it escaped is as it was typed. */
function unescapeText(text: string): string {
  return text
    .replace(/<(?:mailto:|tel:)[^|>]*\|([^>]*)>/g, '$1')
    .replace(/<([@#!])([^|>]*)(?:\|([^>]*))?>/g, (_, mark, id, label) => `${mark === '!' ? '@' : mark}${label || id}`)
    .replace(/<([^|>]+)(?:\|[^>]*)?>/g, '$1')
    .replace(/&(?:lt|gt|amp);/g, (entity) => ENTITIES[entity] ?? entity)
}
