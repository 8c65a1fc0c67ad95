import type { Context } from 'hono'
import { identifyAccount } from '#connections/authorize.ts'
import { tryCredential } from '#connections/credential-tries.ts'
import { readTypedCredential } from '#connections/form-credential.ts'
import type { Tokens } from '#connections/grant.ts'
import { type Parent, requireFormOf } from '#connections/parent.ts'
import type { RecipeUse } from '#connections/standing.ts'
import { OutsideError, UserError } from '#core/errors.ts'
import { actorOf } from '#people/actor.ts'
import { sendPage } from './browser.ts'
import type { Opened } from './check-opener.ts'
import { confirmPath } from './confirm-account.ts'
import type { ConnectPageApplication } from './connect-page-facts.ts'
import { visitPath } from './connect-visit.ts'
import type { AskingContext } from './context.ts'
import { holdAnswer } from './hold-answer.ts'
import { messagePage } from './pages/message-page.ts'
import { recordAttempt } from './start-attempt.ts'
import { type Storing, storeGrant } from './store-grant.ts'

interface Typed {
  application: ConnectPageApplication
  uses: RecipeUse[]
  /** What stood in the fields, by their names. */
  values: Readonly<Record<string, unknown>>
}

/**
 * Connects a person's own account with what they typed into the connect page: tried at the application first, and stored only when that
 * accepts it; from there on as at the end of a trip. A wrong one stores nothing, and the page says so without it. What a product's person
 * typed is held, sealed, until the product confirms that it was them.
 */
export async function saveCredential(ctx: AskingContext, c: Context, opened: Opened, typed: Typed): Promise<Response> {
  const { visit } = opened
  try {
    return c.redirect(await store(ctx, opened, typed), 303)
  } catch (error) {
    if (!(error instanceof UserError) && !(error instanceof OutsideError)) throw error
    if (NOTES.has(error.code)) return c.redirect(visitPath(visit, error.code), 303)
    const link = { label: 'Go back', url: visitPath(visit) }
    const page = await messagePage({ title: 'Nothing was connected', text: error.message, link })
    return sendPage(c, page, { status: error instanceof UserError ? 403 : 502 })
  }
}

/** What the page itself says, above its form. */
const NOTES = new Set(['credential_invalid', 'credential_refused', 'credential_tries_used_up'])

async function store(
  ctx: AskingContext,
  { visit, browser }: Opened,
  { application: { parent }, uses, values }: Typed,
): Promise<string> {
  const { person, sessionId, tieId } = browser
  const tokens = readTyped(ctx, parent, values)
  const actor = actorOf(person, sessionId)
  const trip = { kind: 'child', parentId: parent.id, person, sessionId, tieId, visit, uses, isOver: true } as const
  return tryCredential(ctx, { actor, parent }, async () => {
    const attempt = await recordAttempt(ctx, parent, trip)
    if (visit.external) {
      await identifyAccount(ctx, parent, tokens)
      const typed = requireFormOf(ctx, parent).fields.map(({ name }) => [name, String(values[name])])
      const query = new URLSearchParams(typed)
      return holdAnswer(ctx, visit, { kind: 'connect', parent, person, attemptId: attempt.id, query })
    }
    const outcome = await storeGrant(ctx, { attempt, parent, tokens, person, surface: visit.surface })
    return outcome === 'unconfirmed' ? confirmPath(attempt) : visitPath(visit, outcome)
  })
}

/**
 * Stores what was held of a person of a product, now that it has confirmed that they typed it. It is tried again, and all is looked at as
 * at first: refuses what `saveCredential` would.
 */
export async function storeTyped(
  ctx: AskingContext,
  { values, ...storing }: Omit<Storing, 'tokens'> & { values: Readonly<Record<string, unknown>> },
): Promise<void> {
  const { parent, person } = storing
  const tokens = readTyped(ctx, parent, values)
  await tryCredential(ctx, { actor: actorOf(person), parent }, () => storeGrant(ctx, { ...storing, tokens }))
}

function readTyped(ctx: AskingContext, parent: Parent, values: Readonly<Record<string, unknown>>): Tokens {
  if (parent.personalForm) return readTypedCredential(requireFormOf(ctx, parent), values)
  throw new UserError('credential_not_taken', 'A credential of your own is not taken here. Ask whoever set this up.', {
    status: 403,
  })
}
