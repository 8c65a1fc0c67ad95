import type { Context } from 'hono'
import { describeApplication } from '#connections/describe-application.ts'
import { OutsideError, UserError } from '#core/errors.ts'
import { isId } from '#core/ids.ts'
import type { Person } from '#people/person.ts'
import { findBrowser, sendPage, tieTokenOf } from './browser.ts'
import { type ConnectVisit, findVisit, visitPath } from './connect-visit.ts'
import type { AskingContext } from './context.ts'
import { findOpener } from './finish-attempt.ts'
import { findHeld, revokeHeld } from './held-grant.ts'
import { confirmAccountPage } from './pages/confirm-account-page.ts'
import { messagePage } from './pages/message-page.ts'
import { checkParent } from './redeem-code.ts'
import { type Attempt, recordRefusal, refuse } from './refuse-callback.ts'
import { storeHeld } from './store-grant.ts'

/** Where the browser that came back with an unexpected account is asked whether its person means it. */
export const confirmPath = (attempt: Attempt): string => `/connect/confirm/${attempt.id}`

/** Asks. Only the browser that began the trip sees the accounts. */
export async function showConfirmPage(ctx: AskingContext, c: Context, id: string): Promise<Response> {
  const opened = await checkConfirm(ctx, c, id)
  if (opened instanceof Response) return opened
  const { attempt, person, visit } = opened
  const held = await findHeld(ctx, attempt.id)
  if (!held) return backToVisit(c, visit)
  const parent = await checkParent(ctx, attempt)
  const before = held.instead_of === null ? null : await labelBefore(ctx, attempt)
  const { label, icon } = describeApplication(ctx, parent)
  const fresh = { label: held.account_label, email: held.account_email }
  return sendPage(c, await confirmAccountPage({ application: { label, icon }, person, before, fresh }))
}

/** Yes stores the account, No gives it back. */
export async function answerConfirmPage(ctx: AskingContext, c: Context, id: string): Promise<Response> {
  const opened = await checkConfirm(ctx, c, id)
  if (opened instanceof Response) return opened
  const { attempt, person, visit } = opened
  const form = await c.req.parseBody()
  if (form.do !== 'yes') {
    await revokeHeld(ctx, attempt.id)
    await recordRefusal(ctx, attempt, 'not_their_account')
    return backToVisit(c, visit, 'kept')
  }
  try {
    return backToVisit(c, visit, await confirm(ctx, attempt, person, visit))
  } catch (error) {
    if (!(error instanceof UserError) && !(error instanceof OutsideError)) throw error
    const page = await messagePage({ title: 'Nothing was connected', text: error.message })
    return sendPage(c, page, { status: error instanceof UserError ? 403 : 502 })
  }
}

/** The same is checked as at the callback, for all of it may have changed since. */
async function confirm(ctx: AskingContext, attempt: Attempt, person: Person, visit: ConnectVisit | undefined) {
  try {
    if (visit?.status === 'burnt')
      throw await refuse(ctx, attempt, 'burnt', 'This link was given up. Open the newest one.')
    const parent = await checkParent(ctx, attempt)
    return await storeHeld(ctx, { attempt, parent, person, surface: visit?.surface ?? 'web' })
  } catch (error) {
    await revokeHeld(ctx, attempt.id)
    throw error
  }
}

interface Confirming {
  attempt: Attempt
  person: Person
  visit: ConnectVisit | undefined
}

async function checkConfirm(ctx: AskingContext, c: Context, id: string): Promise<Confirming | Response> {
  const attempt = isId('connectAttempt', id) ? await findAttempt(ctx, id) : undefined
  const callback = { browser: await findBrowser(ctx, c), tieToken: tieTokenOf(ctx, c) }
  const person = attempt && (await findOpener(ctx, attempt, callback))
  if (attempt && person)
    return { attempt, person, visit: attempt.visit_id ? await findVisit(ctx.db, attempt.visit_id) : undefined }
  if (attempt) await recordRefusal(ctx, attempt, 'another_browser')
  const page = await messagePage({
    title: 'This page is for somebody else',
    text: 'It was begun in another browser, or by somebody else. Nothing was done; start again where you began.',
  })
  return sendPage(c, page, { status: 403 })
}

function findAttempt(ctx: AskingContext, id: string): Promise<Attempt | undefined> {
  return ctx.db.selectFrom('connect_attempts').selectAll().where('id', '=', id).executeTakeFirst()
}

async function labelBefore(ctx: AskingContext, { parent_id, person_id }: Attempt): Promise<string | null> {
  const child = await ctx.db
    .selectFrom('connections')
    .select('account_label')
    .where('parent_id', '=', parent_id)
    .where('person_id', '=', person_id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  return child?.account_label ?? null
}

const backToVisit = (c: Context, visit: ConnectVisit | undefined, note?: string): Response =>
  c.redirect(visit ? visitPath(visit, note) : '/my/connections', 303)
