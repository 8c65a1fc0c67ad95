import type { Context } from 'hono'
import { tryCredential } from '#connections/credential-tries.ts'
import { readTypedCredential } from '#connections/form-credential.ts'
import { requireFormOf } from '#connections/parent.ts'
import type { RecipeUse } from '#connections/standing.ts'
import { OutsideError, UserError } from '#core/errors.ts'
import { actorOf } from '#people/actor.ts'
import { sendPage } from './browser.ts'
import type { Opened } from './check-opener.ts'
import { confirmPath } from './confirm-account.ts'
import type { ConnectPageApplication } from './connect-page-facts.ts'
import { visitPath } from './connect-visit.ts'
import type { AskingContext } from './context.ts'
import { messagePage } from './pages/message-page.ts'
import { recordAttempt } from './start-attempt.ts'
import { type StoreOutcome, storeGrant } from './store-grant.ts'

interface Typed {
  application: ConnectPageApplication
  uses: RecipeUse[]
  /** What stood in the fields, by their names. */
  values: Readonly<Record<string, unknown>>
}

/**
 * Connects a person's own account with what they typed into the connect page: tried at the application first, and stored only when that
 * accepts it; from there on as at the end of a trip. A wrong one stores nothing, and the page says so without it.
 */
export async function saveCredential(ctx: AskingContext, c: Context, opened: Opened, typed: Typed): Promise<Response> {
  const { visit } = opened
  try {
    const { attempt, outcome } = await store(ctx, opened, typed)
    return c.redirect(outcome === 'unconfirmed' ? confirmPath(attempt) : visitPath(visit, outcome), 303)
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

async function store(ctx: AskingContext, { visit, browser }: Opened, { application: { parent }, uses, values }: Typed) {
  if (!parent.personalForm || visit.external)
    throw new UserError(
      'credential_not_taken',
      'A credential of your own is not taken here. Ask whoever set this up.',
      {
        status: 403,
      },
    )
  const { person, sessionId, tieId } = browser
  const tokens = readTypedCredential(requireFormOf(ctx, parent), values)
  const trip = { kind: 'child', parentId: parent.id, person, sessionId, tieId, visit, uses } as const
  return tryCredential(ctx, { actor: actorOf(person, sessionId), parent }, async () => {
    const attempt = await recordAttempt(ctx, parent, { ...trip, isOver: true })
    const outcome: StoreOutcome = await storeGrant(ctx, { attempt, parent, tokens, person, surface: visit.surface })
    return { attempt, outcome }
  })
}
