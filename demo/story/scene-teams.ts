import { ACCOUNT_COOKIE } from '../../test/support/authorization-server.ts'
import { openBrowser, type Page } from '../../test/support/browser.ts'
import { urlsIn } from '../../test/support/teams/card.ts'
import { type Microsoft, startMicrosoft, type TeamsMessage } from '../../test/support/teams/microsoft.ts'
import { GENERAL, picked, readable, type TeamsPerson, teamsPerson } from '../../test/support/teams/person.ts'
import { APP, TENANT } from '../../test/support/teams/users.ts'
import { setUpTeams } from '../town/seed-teams.ts'
import type { Stage } from './stage.ts'

const ASKED = 'works with your own Salesforce account'

/** And in Microsoft Teams, by signed requests as Teams sends them. */
export async function sceneTeams(stage: Stage): Promise<void> {
  stage.story.scene('The same in Microsoft Teams')
  const microsoft = await startMicrosoft(stage.town.ports.teams)
  try {
    await playTeams(stage, microsoft)
  } finally {
    await microsoft.stop()
  }
}

async function playTeams(stage: Stage, microsoft: Microsoft): Promise<void> {
  const { story, witness } = stage
  const [alice, bob] = await openTeams(stage, microsoft)
  story.tells('Bob', 'in a channel: @Behalf create opportunity name: Harbour amount: 300')
  await bob.saysIn(GENERAL, 'create opportunity name: Harbour amount: 300')
  await bob.reads('Created “Harbour”', GENERAL)
  story.check(
    'he is known there too; at the CRM it is his',
    (await witness.opportunityOwner('Harbour')) === 'Bob Ortiz',
  )
  await disconnectInTeams(stage, alice)
  story.tells('Alice', 'to Behalf: create opportunity name: Orchard amount: 20')
  await alice.says('create opportunity name: Orchard amount: 20')
  const prompt = await alice.reads(ASKED)
  const page = await signInWithMicrosoft(stage, microsoft, { person: alice, prompt })
  await stage.alice.connects(page, 'Salesforce')
  const answer = await alice.reads('Created “Orchard”')
  story.check('she is asked again, and the answer takes the place of the prompt', answer.id === prompt.id)
  story.check('at the CRM it is credited to Alice', (await witness.opportunityOwner('Orchard')) === 'Alice Ng')
}

/** Alice and Bob there, after Dana has set the bot up. */
async function openTeams({ seeded: { dana } }: Stage, microsoft: Microsoft): Promise<[TeamsPerson, TeamsPerson]> {
  const { client_id: app_id, client_secret } = APP
  const settings = { mode: 'teams', app_id, tenant_id: TENANT, stand_in: microsoft.url }
  const { endpoint, surface } = await setUpTeams(dana, { settings, secrets: { client_secret } })
  if (surface.sign_in) microsoft.addRedirectUri(surface.sign_in.redirect_uri)
  const { alice, bob } = microsoft.users
  if (!alice || !bob) throw new Error('Alice or Bob is missing in Teams')
  return [teamsPerson(microsoft, alice, () => new URL(endpoint)), teamsPerson(microsoft, bob, () => new URL(endpoint))]
}

async function disconnectInTeams({ story, witness, ...stage }: Stage, alice: TeamsPerson): Promise<void> {
  story.tells('Alice', 'to Behalf: personal_connections')
  await alice.says('personal_connections')
  const list = await alice.reads('Here is a list of your connections')
  story.tells('Alice', 'picks Salesforce, and presses “Disconnect”')
  await alice.presses(list, 'Disconnect', picked(list, 'Salesforce'))
  story.check('the list says so, in its place', /Salesforce[^[]*\[Disconnected\]/.test(readable(list)), readable(list))
  story.check('at the CRM no application acts for Alice any more', (await witness.grantsOf(stage.alice)) === 0)
}

/** Follows a prompt's link in a browser that is signed in at Microsoft, and not at Behalf. */
async function signInWithMicrosoft(
  { story }: Stage,
  { url }: Microsoft,
  { person, prompt }: { person: TeamsPerson; prompt: TeamsMessage },
): Promise<Page> {
  story.tells('Alice', 'follows the link, and signs in with Microsoft')
  const browser = openBrowser()
  browser.jar.set(url, ACCOUNT_COOKIE, person.user.objectId)
  const page = await browser.open(urlsIn(prompt.card).find((each) => each.includes('/connect/')) ?? '')
  return (await page.click('Sign in')).click('Sign in with Microsoft')
}
