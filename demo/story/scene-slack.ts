import { ACCOUNT_COOKIE } from '../../test/support/authorization-server.ts'
import { openBrowser, type Page } from '../../test/support/browser.ts'
import { accountOf } from '../../test/support/slack/openid.ts'
import type { SlackPerson } from '../../test/support/slack/person.ts'
import type { Seen } from '../../test/support/slack/seen.ts'
import type { Stage } from './stage.ts'

const ASKED = 'works with your own Salesforce account'

/** The same people, recipes and connections in Slack: what is for one person alone is seen by nobody else. */
export async function sceneSlack(stage: Stage): Promise<void> {
  const { story, town, witness } = stage
  const [alice, bob] = [town.slack.person('alice'), town.slack.person('bob')]
  story.scene('The same in Slack')
  story.tells('Bob', 'in #sales: @Behalf create opportunity name: Lighthouse amount: 1200')
  await bob.saysIn('sales', '@Behalf create opportunity name: Lighthouse amount: 1200')
  const answer = await alice.reads('Created “Lighthouse”', 'sales')
  story.check('he is known there, and is not asked; Alice reads the answer with him', !answer.isPrivate)
  story.check('at the CRM it is credited to Bob', (await witness.opportunityOwner('Lighthouse')) === 'Bob Ortiz')
  await disconnectInSlack(stage, alice)
  story.tells('Alice', 'in #sales: /behalf create opportunity name: Dunes amount: 80')
  await alice.runs('/behalf', 'create opportunity name: Dunes amount: 80', 'sales')
  const prompt = await alice.reads(ASKED, 'sales')
  story.check('she is asked again, where only she sees it', prompt.isPrivate)
  const others = (await bob.sees('sales')).flatMap(({ links }) => links)
  story.check('Bob sees no link', !others.some(({ url }) => url.includes('/connect/')))
  const page = await signInWithSlack(stage, alice, prompt)
  await stage.alice.connects(page, 'Salesforce')
  const { isPrivate } = await alice.reads('Created “Dunes”', 'sales')
  story.check('the job goes on by itself; as it was asked by a slash command, she alone reads the answer', isPrivate)
  story.check('at the CRM it is credited to Alice', (await witness.opportunityOwner('Dunes')) === 'Alice Ng')
}

async function disconnectInSlack({ story, witness, ...stage }: Stage, alice: SlackPerson): Promise<void> {
  story.tells('Alice', 'to Behalf: connections')
  await alice.says('connections')
  const list = await alice.reads('Here is a list of your connections')
  story.check('what she connected in the portal is on the list', /Salesforce, as .*\n\[Connected\]/.test(list.text))
  story.tells('Alice', 'presses “Disconnect”')
  await alice.presses(list, 'Disconnect')
  const edited = await alice.reads(/Salesforce.*\n\[Disconnected\]/)
  story.check('the list says so, in its place', edited.ts === list.ts)
  story.check('at the CRM no application acts for Alice any more', (await witness.grantsOf(stage.alice)) === 0)
}

/** Follows a prompt's link in a browser that is signed in at Slack, and not at Behalf. */
async function signInWithSlack({ story, town: { slack } }: Stage, person: SlackPerson, prompt: Seen): Promise<Page> {
  story.tells('Alice', 'follows the link, and signs in with Slack')
  const browser = openBrowser()
  browser.jar.set(slack.url, ACCOUNT_COOKIE, accountOf(person.team.id, person.user.id))
  const link = prompt.links.find(({ url }) => url.includes('/connect/'))
  const page = await browser.open(link?.url ?? '')
  return (await page.click('Sign in')).click('Sign in with Slack')
}
