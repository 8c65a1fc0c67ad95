import type { Stage } from './stage.ts'

const TITLE = 'The footer is on top'

/** Being connected is not being allowed: each recipe asks for leave once, without a trip to the application. */
export async function sceneSecondRecipe({ story, bob, witness }: Stage): Promise<void> {
  story.scene('A second recipe asks for leave once')
  await bob.says(`triage bug title: ${TITLE} description: On every page`)
  const ask = await bob.hears()
  const page = await bob.opens(ask)
  story.check('Salesforce is connected, and the page says as whom', page.text().includes('You connected it before, as'))
  story.tells('Bob', 'lets “Triage bug” use his Salesforce')
  const half = await page.click('Let Triage bug use your Salesforce')
  story.check('GitHub is all that is missing now', half.text().includes('Connect GitHub'), half.text())
  await bob.connects(half, 'GitHub')
  story.check('the job goes on by itself', (await bob.hears()).text === `Triaged “${TITLE}” as Bob Ortiz.`)
  story.check('at the CRM the case is Bob’s', (await witness.caseOwner(TITLE)) === 'Bob Ortiz')
  await bob.says(`triage bug title: ${TITLE} again description: Still`)
  story.check('the next run asks nothing', (await bob.hears()).text.startsWith('Triaged'))
}
