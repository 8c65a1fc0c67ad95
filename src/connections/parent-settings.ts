import type { z } from 'zod'
import type { Connector } from '#connectors/connector.ts'
import { UserError } from '#core/errors.ts'
import type { ConnectionsContext } from './context.ts'
import { connectorOf } from './parent.ts'

/** The connector of that name, or `UserError('connector_unknown')`. */
export function knownConnector(ctx: ConnectionsContext, name: string): Connector {
  if (!ctx.connectors.has(name))
    throw new UserError('connector_unknown', `There is no connector called “${name}”.`, { status: 422 })
  return connectorOf(ctx, name)
}

/** The settings with their defaults, or `UserError('settings_invalid')` with every problem by its field. */
export function parseSettings(connector: Connector, settings: unknown): Record<string, unknown> {
  const parsed = connector.settings.safeParse(settings)
  if (parsed.success) return parsed.data as Record<string, unknown>
  throw new UserError('settings_invalid', `The settings do not fit: ${firstProblem(parsed.error)}`, {
    status: 422,
    details: { problems: parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })) },
  })
}

function firstProblem(error: z.ZodError): string {
  const issue = error.issues[0]
  return issue ? `${issue.path.join('.') || 'settings'}: ${issue.message}` : 'unknown problem'
}

/** Refuses with `UserError('personal_form_not_possible')` unless people could connect by a form under these settings. */
export function requireForm(connector: Connector, settings: Record<string, unknown>): void {
  const authentication = connector.authentication(settings)
  if (connector.personal && authentication.kind === 'form' && authentication.form.fields.length > 0) return
  throw new UserError(
    'personal_form_not_possible',
    'There is no credential that people could type in here: leave their own form turned off.',
    { status: 422 },
  )
}

/**
 * Whether settings lead elsewhere than before. With the same client, what was given stays good when only other scopes are asked for, or the
 * same ones in other words.
 */
export function isMoved(before: Record<string, unknown>, after: Record<string, unknown> | undefined): boolean {
  return after !== undefined && canonical({ ...after, ...ASKED }) !== canonical({ ...before, ...ASKED })
}

/** What people are asked for, not where. */
const ASKED = { scopes: undefined, scope_texts: undefined }

/** JSON with its keys in order, since the database gives them in an order of its own. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, each) =>
    each && typeof each === 'object' && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  )
