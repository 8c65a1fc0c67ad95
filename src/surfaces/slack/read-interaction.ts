import { z } from 'zod'
import { type Incoming, type PressedOn, type Sender, tenantOf } from './incoming.ts'

const Interaction = {
  user: z.object({ id: z.string() }),
  team: z.object({ id: z.string() }).nullish(),
  enterprise: z.object({ id: z.string() }).nullish(),
  is_enterprise_install: z.boolean().nullish(),
}

/** A button pressed or a choice made. */
export const Actions = z.object({
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

/** Null for what carries nothing of ours. */
export function readActions(sent: z.infer<typeof Actions>): Incoming | null {
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

/** A form sent. */
export const Submission = z.object({
  ...Interaction,
  type: z.literal('view_submission'),
  view: z.looseObject({
    id: z.string(),
    private_metadata: z.string(),
    state: z.object({ values: z.record(z.string(), z.record(z.string(), z.looseObject({}))) }),
  }),
})

/** With what was filled in, by field. */
export function readSubmission(sent: z.infer<typeof Submission>): Incoming {
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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
