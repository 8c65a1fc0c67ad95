import assert from 'node:assert/strict'
import { type BehalfSession, signIn } from '../../demo/town/behalf-session.ts'
import { type Browser, openBrowser, type Page } from '../../test/support/browser.ts'
import { serve, startProduct } from './product.ts'

/** Where to play, and as whom. */
export interface Play {
  behalf: string
  /** May edit API keys and view connections and recipes. */
  administrator: { name: string; email: string; password: string }
  /** Who consents at the application, as its sign-in page calls them. */
  account: string
}

/**
 * Plays product and people against a Behalf that runs: sets the product up, lets Carol connect and run a recipe, and tries a forwarded link.
 * Throws where something is not as docs/embedding.md says; leaves nothing behind.
 */
export async function play({ behalf, administrator, account }: Play, say: (line: string) => void): Promise<void> {
  const admin = await signIn(behalf, { ...administrator, key: '', part: '' })
  const { origin, server } = await startProduct()
  const { namespace, settings } = await setUp(admin, behalf, origin)
  try {
    serve(server, settings)
    say(`The product is at ${origin}; its namespace is ${namespace}.`)
    const carol = await signedIn(origin, 'carol')
    const back = await connectAt(await carol.open(`${origin}/connect`), account)
    assert.match(back.text(), /The answer was: connected/)
    say('Carol connected from the product, which confirmed that it was she.')
    await runAs(carol, origin)
    say('The recipe ran as Carol.')
    const mallory = await signedIn(origin, 'mallory')
    const link = (await mallory.fetch(`${origin}/connect`)).headers.get('location') ?? ''
    const forwarded = await connectAt(await carol.open(link), account)
    assert.equal(forwarded.status, 403)
    say('A link that Mallory forwarded to her connected nobody.')
  } finally {
    await admin.api('DELETE', `/namespaces/${namespace}`)
    server.close()
    server.closeAllConnections()
  }
}

/** What an administrator does once: a namespace with the product's origin, a key of it, and a look at what there is to use. */
async function setUp(admin: BehalfSession, behalf: string, origin: string) {
  const name = `Desk ${new Date().toISOString()}`
  const made = { name, origins: [origin], redirect_url: `${origin}/back` }
  const { id, signing_secret } = await admin.api<{ id: string; signing_secret: string }>('POST', '/namespaces', made)
  const wanted = { name, privileges: ['recipes.run'], namespace_id: id }
  const { token } = await admin.api<{ token: string }>('POST', '/api_keys', wanted)
  const recipes = await admin.api<{ id: string; personal: boolean; status: string }[]>('GET', '/recipes')
  const recipe = recipes.find(({ personal, status }) => personal && status === 'started')
  assert(recipe, 'start a recipe whose switch is on, and share it with everyone')
  const { document } = await admin.api<{ document: Document }>('GET', `/recipes/${recipe.id}`)
  const parentId = Object.values(document.connections).find(({ personal }) => personal)?.connection_id ?? ''
  const settings = { behalf, apiKey: token, signingSecret: signing_secret, parentId, recipeId: recipe.id }
  return { namespace: id, settings }
}

interface Document {
  connections: Record<string, { connection_id: string; personal: boolean }>
}

async function signedIn(origin: string, user: string): Promise<Browser> {
  const browser = openBrowser()
  await browser.open(`${origin}/sign-in?user=${user}`)
  return browser
}

/** Behalf's page, then the application's own. */
async function connectAt(page: Page, account: string): Promise<Page> {
  const atApplication = await page.click('Connect ')
  const asked = atApplication.buttons.some(({ label }) => label.includes('Continue as'))
  return (asked ? await atApplication.click(`Continue as ${account}`) : atApplication).click('Allow')
}

/** She is asked to let the recipe use what she connected, unless the workspace does without. */
async function runAs(browser: Browser, origin: string): Promise<void> {
  const run = `${origin}/run?name=From+the+product&amount=100`
  const page = await browser.open(run)
  if (!page.url.startsWith(origin)) assert.match((await page.click('Let ')).text(), /The answer was: allowed/)
  assert.match((await browser.open(run)).text(), /The job is: succeeded/)
}
