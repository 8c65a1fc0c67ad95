import { ACCOUNT_COOKIE, type AuthorizationServer, startAuthorizationServer } from './authorization-server.ts'
import { startTestBehalf, type TestBehalf, type TestPerson } from './behalf.ts'
import { type Browser, openBrowser, type Page } from './browser.ts'

/** Behalf with a sign-in provider, Alice who has an account there by the e-mail address she has here, and Mallory. */
export interface SignInStage extends TestBehalf {
  server: AuthorizationServer
  providerId: string
  alice: TestPerson
  mallory: TestPerson
  /** Moves Behalf's clock, not the provider's. */
  advance(ms: number): void
  /** Makes a provider of this server, as the owner does. Answers its id. */
  addProvider(server: Pick<AuthorizationServer, 'url' | 'client'>, more?: object): Promise<string>
  /** Presses its button on the sign-in page, as this account there. */
  signIn(
    account: string,
    options?: { browser?: Browser; next?: string; label?: string; server?: AuthorizationServer },
  ): Promise<Page>
  /** Signs in at the provider as this account, but stops before the answer is opened here. */
  answerFor(account: string, browser: Browser): Promise<URL>
  /** Who is signed in with this browser, by name; null for nobody. */
  whoIs(browser: Browser): Promise<string | null>
  audit(action: string): Promise<Record<string, unknown>[]>
}

export const PROVIDER = { label: 'Acme ID', email_domains: ['acme.test'], may_create_persons: true }

/** Starts one; stop it with `stop()`. */
export async function startSignInStage(otherHosts: string[] = []): Promise<SignInStage> {
  let ahead = 0
  const server = await startAuthorizationServer()
  const behalf = await startTestBehalf({
    otherHosts: [new URL(server.url).host, ...otherHosts],
    clock: () => new Date(Date.now() + ahead),
  })
  const stopBehalf = behalf.stop
  const addProvider = (at: Pick<AuthorizationServer, 'url' | 'client'>, more = {}) => makeProvider(behalf, at, more)
  return Object.assign(behalf, {
    server,
    providerId: await addProvider(server),
    alice: await behalf.addPerson('Alice Ng'),
    mallory: await behalf.addPerson('Mallory Moe'),
    advance(ms: number) {
      ahead += ms
    },
    addProvider,
    async signIn(
      account: string,
      { browser = openBrowser(), next = '/chat', label = PROVIDER.label, server: at = server } = {},
    ) {
      browser.jar.set(at.url, ACCOUNT_COOKIE, account)
      const page = await browser.open(new URL(`/sign-in?next=${encodeURIComponent(next)}`, behalf.url))
      return page.click(`Sign in with ${label}`)
    },
    answerFor: (account: string, browser: Browser) => answerFor(behalf, server, { account, browser }),
    async whoIs(browser: Browser) {
      const answer = await browser.fetch(new URL('/api/session', behalf.url))
      const body = (await answer.json()) as { data?: { person: { name: string } } }
      return body.data?.person.name ?? null
    },
    async audit(action: string) {
      const rows = behalf.database.db.selectFrom('audit_events').select('details').where('action', '=', action)
      return (await rows.orderBy('id').execute()).map(({ details }) => details)
    },
    async stop() {
      await stopBehalf()
      await server.stop()
    },
  })
}

/** Makes a sign-in provider of this server, as the owner does. Answers its id. */
export async function makeProvider(
  { owner }: TestBehalf,
  server: Pick<AuthorizationServer, 'url' | 'client'> & Partial<Pick<AuthorizationServer, 'addRedirectUri'>>,
  more: object,
): Promise<string> {
  const made = await owner.api('POST', '/sign-in-providers', {
    ...PROVIDER,
    issuer: server.url,
    ...server.client,
    ...more,
  })
  if (made.status !== 201) throw new Error(`the provider was not made: ${JSON.stringify(made.body)}`)
  server.addRedirectUri?.(made.body.data.redirect_uri)
  return made.body.data.id
}

async function answerFor(
  { url }: TestBehalf,
  server: AuthorizationServer,
  { account, browser }: { account: string; browser: Browser },
): Promise<URL> {
  browser.jar.set(server.url, ACCOUNT_COOKIE, account)
  const page = await browser.open(new URL('/sign-in', url))
  const link = page.links.find(({ label }) => label === `Sign in with ${PROVIDER.label}`)
  const left = await browser.fetch(new URL(link?.href ?? '', url))
  const { fetch } = browser.jar
  const stopping: Browser['fetch'] = async (to, init) =>
    new URL(to).pathname.startsWith('/sign-in/callback/') ? new Response('') : fetch(to, init)
  return new URL((await openBrowser({ ...browser.jar, fetch: stopping }).open(left.headers.get('location') ?? '')).url)
}
