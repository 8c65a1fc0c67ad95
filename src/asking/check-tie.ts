import type { Context } from 'hono'
import { loadPerson } from '#people/persons.ts'
import type { MessageButton } from '#surfaces/surface.ts'
import { sendPage, setTieCookie, tieTokenOf } from './browser.ts'
import type { Opened } from './check-opener.ts'
import { ensureTie, findTie, findTiedPerson } from './connect-tie.ts'
import { type ConnectVisit, isOpen } from './connect-visit.ts'
import type { AskingContext } from './context.ts'
import { isGone, showLinkOver } from './link-over.ts'
import { codePage } from './pages/code-page.ts'
import { messagePage } from './pages/message-page.ts'

const QUICK_SECONDS = 4
const SLOW_SECONDS = 60
const QUICK_FOR_MS = 10 * 60 * 1000
/** Of how many browsers a person is told for one visit: whoever opens it more often must not flood their chat. */
const TOLD_BROWSERS = 3

const OPENED =
  'Your connect link was opened in a browser where you are not signed in. If that was you, type here the code that its page shows, as in “code ABC234”. If you did not open anything, say “not me”.'

const ENTER_CODE: MessageButton = {
  label: 'Enter the code',
  style: 'primary',
  press: { do: 'type_code' },
  confirm: null,
}
const NOT_ME: MessageButton = {
  label: 'I did not open anything',
  style: 'danger',
  press: { do: 'say', text: 'not me' },
  confirm: null,
}

/**
 * A visit opened by a browser without a session: its person's when they have typed its code, otherwise the page that offers to sign in,
 * or to type the code it shows. `path` is the page's own address. A browser that comes back is known by its cookie.
 */
export async function checkTie(
  ctx: AskingContext,
  c: Context,
  { visit, path }: { visit: ConnectVisit; path: string },
): Promise<Opened | Response> {
  const token = tieTokenOf(ctx, c)
  const tied = await findTiedPerson(ctx, { visitId: visit.id, token })
  if (tied) return { visit, browser: { person: tied.person, sessionId: null, tieId: tied.tieId } }
  const signInPath = `/sign-in?next=${encodeURIComponent(path)}`
  if (c.req.method === 'POST' || visit.external) return c.redirect(signInPath, 303)
  const isLink = path.startsWith('/connect/l/')
  if (isGone(visit, ctx.clock()) && (isLink || visit.status === 'burnt'))
    return showLinkOver(ctx, c, { visit, path: isLink ? path : null })
  if (isOpen(visit, ctx.clock()) && !visit.spentAt && isLink) return showCode(ctx, c, { visit, signInPath })
  const wasShown = token !== undefined && (await findTie(ctx.db, visit.id, token)) !== undefined
  return wasShown ? sendOver(c) : c.redirect(signInPath, 303)
}

async function showCode(
  ctx: AskingContext,
  c: Context,
  { visit, signInPath }: { visit: ConnectVisit; signInPath: string },
): Promise<Response> {
  if (c.req.query('way') !== 'code' && (await hasSignIn(ctx, visit)))
    return sendPage(
      c,
      await codePage({ code: null, signInPath, codePath: `${c.req.path}?way=code`, refreshSeconds: null }),
    )
  const tie = isFetchedAhead(c) ? undefined : await showTo(ctx, visit, tieTokenOf(ctx, c))
  if (tie) setTieCookie(ctx, c, { token: tie.token, until: visit.expiresAt })
  const waitingMs = tie ? ctx.clock().getTime() - tie.createdAt.getTime() : 0
  const refreshSeconds = waitingMs < QUICK_FOR_MS ? QUICK_SECONDS : SLOW_SECONDS
  return sendPage(c, await codePage({ code: tie?.code ?? null, signInPath, codePath: null, refreshSeconds }))
}

/** Whether people of the visit's surface sign in by its app: then a code is for whoever cannot, and asks for it. */
async function hasSignIn({ db }: AskingContext, { workspaceId, surface }: ConnectVisit): Promise<boolean> {
  const provider = await db
    .selectFrom('sign_in_providers')
    .innerJoin('surface_apps', 'surface_apps.id', 'surface_app_id')
    .select('sign_in_providers.id')
    .where('surface_apps.workspace_id', '=', workspaceId)
    .where('surface', '=', surface)
    .executeTakeFirst()
  return provider !== undefined
}

/** What a browser or a proxy fetches before anybody looks at it gets no code, and is nobody's news. */
function isFetchedAhead(c: Context): boolean {
  const purpose = `${c.req.header('sec-purpose') ?? ''} ${c.req.header('purpose') ?? ''} ${c.req.header('x-moz') ?? ''}`
  return c.req.raw.method === 'HEAD' || /prefetch|preview|prerender/i.test(purpose)
}

function showTo(ctx: AskingContext, visit: ConnectVisit, cookie: string | undefined) {
  return ensureTie(ctx, visit, {
    cookie,
    async onNew(tx, browsers) {
      if (browsers > TOLD_BROWSERS) return
      const person = await loadPerson(tx, visit.workspaceId, visit.personId)
      await ctx.tellPerson(tx, { person, jobId: visit.jobId, text: OPENED, buttons: [ENTER_CODE, NOT_ME] })
    },
  })
}

async function sendOver(c: Context): Promise<Response> {
  const page = await messagePage({
    title: 'This request is over',
    text: 'It was finished in another browser, replaced by a newer link, or too much time has passed. Open the newest message in your chat with Behalf.',
  })
  return sendPage(c, page, { status: 410 })
}
