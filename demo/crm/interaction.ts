import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import type Provider from 'oidc-provider'
import type { CrmData } from './crm-data.ts'
import { consentPage } from './pages/consent.ts'
import { problemPage } from './pages/problem.ts'
import { signInPage } from './pages/sign-in.ts'
import { findPerson, type Person } from './people.ts'
import { findSession, startSession } from './sessions.ts'
import type { Store } from './store.ts'
import { identityUrl } from './token-response.ts'

interface InteractionContext {
  origin: string
  provider: Provider
  store: Store<CrmData>
}

type Call = Context<{ Bindings: HttpBindings }>
type Details = Awaited<ReturnType<Provider['interactionDetails']>>

/**
 * The pages between an authorization request and its answer: sign in when nobody is signed in (or `prompt=login` asks for it anew),
 * then allow or deny. Each allowing makes a grant of its own, so that ending one connection never ends another.
 */
export function interactionRoutes(context: InteractionContext): Hono<{ Bindings: HttpBindings }> {
  const { store } = context
  const app = new Hono<{ Bindings: HttpBindings }>()

  app.get('/interaction/:uid', async (c) => {
    const details = await findDetails(context, c)
    if (!details) return c.html(problemPage('expired', ''), 400)
    const application = await applicationName(context, details)
    const person = signedIn(c, store, details)
    if (!person) return c.html(signInPage({ next: c.req.path, application }))
    const { scope = '', redirect_uri } = details.params
    return c.html(
      consentPage({
        uid: details.uid,
        application,
        person,
        scope: String(scope),
        redirectUri: String(redirect_uri),
      }),
    )
  })

  app.post('/interaction/:uid', async (c) => {
    const details = await findDetails(context, c)
    if (!details) return c.html(problemPage('expired', ''), 400)
    const person = signedIn(c, store, details)
    if (!person) return c.redirect(c.req.path, 303)
    const { decision } = await c.req.parseBody()
    return decision === 'allow' ? allow(context, c, details, person) : deny(context, c)
  })

  app.post('/interaction/:uid/switch', async (c) => c.html(signInPage({ next: `/interaction/${c.req.param('uid')}` })))
  return app
}

/** Signs in as the person whose button was pressed, and goes on to `next`, a path of the CRM. */
export async function signIn(c: Context, store: Store<CrmData>): Promise<Response> {
  const form = await c.req.parseBody()
  const person = findPerson(String(form.person))
  if (!person) return c.html(signInPage({ next: '/' }), 400)
  const next = String(form.next ?? '/')
  const path = /^\/(?![/\\])/.test(next) ? next : '/'
  await startSession(c, store, person, path)
  return c.redirect(path, 303)
}

async function findDetails({ provider }: InteractionContext, c: Call): Promise<Details | null> {
  return provider.interactionDetails(c.env.incoming, c.env.outgoing).catch(() => null)
}

// `prompt=login` asks for a sign-in made for this very request, however fresh another may be.
function signedIn(c: Call, store: Store<CrmData>, { params, uid }: Details): Person | null {
  const session = findSession(c, store)
  if (!session) return null
  const anew = String(params.prompt ?? '')
    .split(' ')
    .includes('login')
  return anew && session.onTheWayTo !== `/interaction/${uid}` ? null : session.person
}

async function applicationName({ provider }: InteractionContext, { params }: Details): Promise<string> {
  const client = await provider.Client.find(String(params.client_id))
  return client?.clientName ?? String(params.client_id)
}

async function allow({ provider, origin }: InteractionContext, c: Call, { params }: Details, person: Person) {
  const accountId = identityUrl(origin, person.userId)
  const grant = new provider.Grant({ accountId, clientId: String(params.client_id) })
  grant.addOIDCScope(String(params.scope ?? ''))
  const grantId = await grant.save()
  return finish(provider, c, { login: { accountId }, consent: { grantId } })
}

async function deny({ provider }: InteractionContext, c: Call) {
  return finish(provider, c, { error: 'access_denied', error_description: 'end-user denied authorization' })
}

async function finish(provider: Provider, c: Call, result: Parameters<Provider['interactionResult']>[2]) {
  const { incoming, outgoing } = c.env
  return c.redirect(
    await provider.interactionResult(incoming, outgoing, result, { mergeWithLastSubmission: false }),
    303,
  )
}
