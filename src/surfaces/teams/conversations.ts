import type { AdaptiveCard } from '@microsoft/teams.cards'
import { z } from 'zod'
import type { CommandsContext } from '#commands/context.ts'
import { OutsideError } from '#core/errors.ts'
import type { SurfaceApp } from '#core/surface-app.ts'
import type { Place } from './place.ts'
import { callTeams } from './teams-client.ts'

/** Where a message stands that was sent. */
export const Standing = z.object({
  serviceUrl: z.string(),
  conversation: z.string(),
  activity: z.string(),
  /** Whether nobody but its person reads there. */
  isPersonal: z.boolean(),
})
export type Standing = z.infer<typeof Standing>

/** What is sent: a card, or a line. */
export type Content = { card: AdaptiveCard } | { text: string }

const Named = z.object({ id: z.string() })

/** Posts at a place; the chat with its person alone is opened where the place names none. */
export async function post(ctx: CommandsContext, app: SurfaceApp, place: Place, content: Content): Promise<Standing> {
  const { serviceUrl, isPersonal } = place
  const conversation = place.conversation ?? (await openChat(ctx, app, place))
  const path = `v3/conversations/${encodeURIComponent(conversation)}/activities`
  const { id } = named(await callTeams(ctx, app, { method: 'POST', serviceUrl, path, body: activityOf(content) }))
  return { serviceUrl, conversation, activity: id, isPersonal }
}

/** Puts something else in a message's place. */
export async function replace(ctx: CommandsContext, app: SurfaceApp, at: Standing, content: Content): Promise<void> {
  const path = `v3/conversations/${encodeURIComponent(at.conversation)}/activities/${encodeURIComponent(at.activity)}`
  const body = { ...activityOf(content), id: at.activity }
  await callTeams(ctx, app, { method: 'PUT', serviceUrl: at.serviceUrl, path, body })
}

const CARD = 'application/vnd.microsoft.card.adaptive'

const activityOf = (content: Content) =>
  'card' in content
    ? {
        type: 'message',
        attachments: [{ contentType: CARD, content: content.card }],
        summary: content.card.fallbackText,
      }
    : { type: 'message', text: content.text, textFormat: 'plain' }

/** Finds, or makes, the chat of the bot with somebody. Refused where the app is not installed for them. */
async function openChat(
  ctx: CommandsContext,
  app: SurfaceApp,
  { serviceUrl, tenant, account }: Place,
): Promise<string> {
  const body = {
    isGroup: false,
    bot: { id: `28:${app.settings.app_id}` },
    members: [{ id: account }],
    tenantId: tenant,
    channelData: { tenant: { id: tenant } },
  }
  return named(await callTeams(ctx, app, { method: 'POST', serviceUrl, path: 'v3/conversations', body })).id
}

function named(answer: unknown): { id: string } {
  const read = Named.safeParse(answer)
  if (read.success) return read.data
  throw new OutsideError('teams_failed', 'Microsoft Teams did not say what it made.', { retryable: true })
}
