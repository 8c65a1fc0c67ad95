import { z } from 'zod'
import type { CommandsContext } from '#commands/context.ts'
import { OutsideError } from '#core/errors.ts'
import type { SlackMessage } from './blocks/message-blocks.ts'
import type { Place } from './place.ts'
import { postToUrl } from './response-url.ts'
import { refusalIn, type Spoken } from './slack-client.ts'

/** Where a message stands that was sent. */
export const Standing = z.object({
  user: z.string(),
  channel: z.string(),
  /** Null for one that only its person sees, which Slack lets nobody find again. */
  ts: z.string().nullable(),
  /** By which one that only its person sees can be replaced or taken away, from when they pressed something in it. */
  responseUrl: z.object({ url: z.string(), until: z.number() }).nullable(),
})
export type Standing = z.infer<typeof Standing>

/**
 * Sends what is for one person alone: in the direct message where they spoke; else where they spoke, so that only they see it; else in a
 * direct message. Throws `OutsideError` where none of these can be, not retryable, and whose message holds nothing of what was to be said.
 */
export async function sayPrivately(
  ctx: CommandsContext,
  spoken: Spoken,
  place: Place,
  message: SlackMessage,
): Promise<Standing> {
  if (place.isDirect) return sayDirectly(spoken, place, message)
  const { user, channel, thread, responseUrl } = place
  const unseen = { user, channel: channel ?? '', ts: null, responseUrl: null }
  const byUrl = { response_type: 'ephemeral', replace_original: false, ...message }
  if (responseUrl !== null && (await postToUrl(ctx, spoken.app, responseUrl, byUrl))) return unseen
  try {
    await spoken.call('chat.postEphemeral', { channel, user, ...inThread(thread), ...message })
    return unseen
  } catch (error) {
    if (refusalIn(error) === null) throw error
    return sayDirectly(spoken, { ...place, channel: null, thread: null }, message)
  }
}

/** Sends an answer where somebody spoke: where others read it, too, unless what they said was for them alone. */
export async function sayInPlace(
  ctx: CommandsContext,
  spoken: Spoken,
  place: Place,
  message: SlackMessage,
): Promise<Standing> {
  if (place.isDirect || place.isHidden || place.channel === null) return sayPrivately(ctx, spoken, place, message)
  return post(spoken, place.user, { channel: place.channel, ...inThread(place.thread) }, message)
}

/** Sends to the direct message with the place's person. */
async function sayDirectly(spoken: Spoken, { user, channel, thread }: Place, message: SlackMessage): Promise<Standing> {
  const to = channel ?? (await openDirectMessage(spoken, user))
  return post(spoken, user, { channel: to, ...inThread(thread) }, message)
}

async function post(
  { call }: Spoken,
  user: string,
  where: { channel: string; thread_ts?: string },
  message: SlackMessage,
): Promise<Standing> {
  const posted = await call('chat.postMessage', { ...where, ...message, unfurl_links: false, unfurl_media: false })
  const { channel = where.channel, ts } = posted as { channel?: string; ts?: string }
  return { user, channel, ts: ts ?? null, responseUrl: null }
}

async function openDirectMessage({ call }: Spoken, user: string): Promise<string> {
  const { channel } = (await call('conversations.open', { users: user })) as { channel?: { id?: string } }
  if (channel?.id) return channel.id
  throw new OutsideError('slack_failed', 'Slack opened no direct message.', { retryable: true })
}

const inThread = (thread: string | null) => (thread === null ? {} : { thread_ts: thread })

/**
 * Has a message that stands show another instead. False where Slack cannot: it is gone, or only its person sees it, and half an hour has
 * passed since they pressed something in it.
 */
export async function replaceMessage(
  ctx: CommandsContext,
  { app, call }: Spoken,
  { channel, ts, responseUrl }: Standing,
  message: SlackMessage,
): Promise<boolean> {
  if (ts === null) {
    const isFresh = responseUrl !== null && responseUrl.until > ctx.clock().getTime()
    return isFresh && postToUrl(ctx, app, responseUrl.url, { replace_original: true, ...message })
  }
  return isDone(() => call('chat.update', { channel, ts, ...message }))
}

/** Takes a message away, where Slack can. */
export async function removeMessage(
  ctx: CommandsContext,
  { app, call }: Spoken,
  { channel, ts, responseUrl }: Standing,
): Promise<void> {
  if (ts !== null) await isDone(() => call('chat.delete', { channel, ts }))
  else if (responseUrl !== null && responseUrl.until > ctx.clock().getTime())
    await postToUrl(ctx, app, responseUrl.url, { delete_original: true })
}

async function isDone(call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call()
    return true
  } catch (error) {
    if (refusalIn(error) === null) throw error
    return false
  }
}
