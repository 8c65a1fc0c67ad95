import { receiveEvent } from '#commands/surfaces/receive-event.ts'
import type { SurfaceApp } from '#core/surface-app.ts'
import { inSpan } from '#core/trace.ts'
import { answerForm } from './forms.ts'
import type { Slack } from './hear.ts'
import { readEvent } from './read-event.ts'
import { speakAt } from './slack-client.ts'

/** Writes down what Slack sent, and answers what Slack is to be told at once: nothing, but to a form that was sent. */
export async function takeEvent(
  slack: Slack,
  app: SurfaceApp,
  body: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const { ctx } = slack
  const incoming = readEvent(body)
  if (!incoming) return {}
  const { deliveryKey, kind, tenant } = incoming
  if (kind !== 'sent_form') {
    const sender = `${tenant}:${incoming.user}`
    await receiveEvent(ctx, { workspaceId: app.workspaceId, appId: app.id, deliveryKey, sender, body, later: true })
    return {}
  }
  // why: a form with mistakes is sent again, and is the same to Slack; what it runs runs once, by the same key.
  return inSpan(ctx, { name: `surfaces/${app.surface}`, kind: 'server' }, async () =>
    answerForm(slack, await speakAt(ctx, { app: app.id, tenant }), incoming),
  )
}
