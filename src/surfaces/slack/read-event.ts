import { z } from 'zod'
import { type Incoming, type Sender, tenantOf } from './incoming.ts'
import { Actions, readActions, readSubmission, Submission } from './read-interaction.ts'

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

const Body = z.union([z.discriminatedUnion('type', [Callback, Actions, Submission]), Command])

const ENTITIES: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&amp;': '&' }

/** Slack's marks around addresses, links, people and channels are taken away, and what it escaped is as it was typed. */
function unescapeText(text: string): string {
  return text
    .replace(/<(?:mailto:|tel:)[^|>]*\|([^>]*)>/g, '$1')
    .replace(/<([@#!])([^|>]*)(?:\|([^>]*))?>/g, (_, mark, id, label) => `${mark === '!' ? '@' : mark}${label || id}`)
    .replace(/<([^|>]+)(?:\|[^>]*)?>/g, '$1')
    .replace(/&(?:lt|gt|amp);/g, (entity) => ENTITIES[entity] ?? entity)
}
