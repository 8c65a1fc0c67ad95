import type { z } from 'zod'
import type { Person, Project } from '#api/contract.ts'
import { openBrowser } from '../../test/support/browser.ts'
import { type BehalfSession, sessionOf, signIn } from './behalf-session.ts'
import { ALICE, BOB, DANA, type Townsperson } from './people.ts'
import { createOpportunity, triageBug } from './recipes.ts'
import { ensureParent } from './seed-parents.ts'
import { ensureRecipe } from './seed-recipe.ts'
import { installSlack } from './seed-slack.ts'
import type { Town } from './start-town.ts'

/** What the seeds are called by Behalf. */
export interface Seeded {
  dana: BehalfSession
  salesforce: string
  github: string
  createOpportunity: string
  triageBug: string
}

/**
 * Fills a new Behalf as its builder would: by the first page, the pages to sign in and connect, and the API. What is there is left as
 * it is, so that somebody's own changes outlive a restart; what is missing, or was cut off by a change of ports, is made anew.
 */
export async function seedTown(town: Town, { switchOn }: { switchOn: boolean }): Promise<Seeded> {
  const dana = await ensureOwner(town.behalf)
  await ensurePerson(dana, town.behalf.url, ALICE)
  await ensurePerson(dana, town.behalf.url, BOB)
  const place = { project_id: await ensureProject(dana, 'Customers'), environment: 'PROD' as const }
  const salesforce = await ensureParent({
    dana,
    wanted: {
      ...place,
      name: 'Salesforce',
      connector: 'salesforce',
      settings: { environment: 'custom', custom_domain: town.crm.url },
    },
    clientSecret: town.clientSecret,
    register: (redirectUri) => registerAtCrm(town, redirectUri),
    connect: async (page) => (await page.click(`Continue as ${BOB.name}`)).click('Allow'),
  })
  const github = await ensureParent({
    dana,
    wanted: { ...place, name: 'GitHub', connector: 'github', settings: { host: town.github.url, api_path: '/' } },
    clientSecret: town.clientSecret,
    register: async (redirectUri) => town.github.addRedirectUri(redirectUri),
    // Carol looks after the integrations at both applications, and has no part in the story.
    connect: (page) => page.click('carol'),
  })
  await installSlack(dana, town)
  return {
    dana,
    salesforce,
    github,
    createOpportunity: await ensureRecipe(dana, { ...place, document: createOpportunity(salesforce, switchOn) }),
    triageBug: await ensureRecipe(dana, { ...place, document: triageBug({ salesforce, github }) }),
  }
}

async function ensureOwner({ url, ownerLink }: Town['behalf']): Promise<BehalfSession> {
  const browser = openBrowser()
  const first = await browser.open(`${url}/sign-in`)
  if (new URL(first.url).pathname !== '/welcome') return signIn(url, DANA)
  const { name, email, password } = DANA
  const welcome = await browser.open(await ownerLink())
  const next = await welcome.submit({ workspace: 'Acme', name, email, password })
  if (new URL(next.url).pathname === '/welcome') throw new Error(`The owner was not made: ${next.text()}`)
  return sessionOf(url, browser)
}

/** Dana adds them with a first password; they choose their own with it, which she does not know. */
async function ensurePerson(
  dana: BehalfSession,
  behalf: string,
  { name, email, password }: Townsperson,
): Promise<void> {
  const people = await dana.api<z.infer<typeof Person>[]>('GET', '/people')
  if (people.some((person) => person.email === email)) return
  const first = await dana.api<{ initial_password: string }>('POST', '/people', { name, email, role: 'member' })
  const page = await (await openBrowser().open(`${behalf}/sign-in`)).submit({ email, password: first.initial_password })
  await page.submit({ email, password: first.initial_password, new_password: password })
}

async function ensureProject(dana: BehalfSession, name: string): Promise<string> {
  const projects = await dana.api<z.infer<typeof Project>[]>('GET', '/projects')
  const present = projects.find((project) => project.name === name)
  return (present ?? (await dana.api<z.infer<typeof Project>>('POST', '/projects', { name }))).id
}

/** Adds one callback address; registers Behalf at the CRM when it is not known there yet. */
async function registerAtCrm({ crm, clientSecret }: Town, redirectUri: string): Promise<void> {
  const client = `${crm.url}/admin/clients/behalf`
  const send = (method: string, url: string, body: object) =>
    fetch(url, {
      method,
      headers: { authorization: `Bearer ${crm.adminToken}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const added = await send('POST', `${client}/redirect_uris`, { redirect_uri: redirectUri })
  if (added.ok) return
  const registration = { client_name: 'Behalf', client_secret: clientSecret, redirect_uris: [redirectUri] }
  const put = added.status === 404 ? await send('PUT', client, registration) : added
  if (!put.ok) throw new Error(`The CRM did not register Behalf: ${put.status} ${await put.text()}`)
}
