import { afterAll, beforeAll, expect, test } from 'vitest'
import { linkIn, type SlackStage, startSlackStage } from '../support/slack/stage.ts'
import { ACME, GLOBEX, GRID } from '../support/slack/world.ts'

const ASKED = 'works with your own Salesforce account'

let stage: SlackStage
beforeAll(async () => {
  stage = await startSlackStage({
    teams: [ACME, GLOBEX, ...GRID],
    installedIn: ['T0000ACME', 'T00GLOBEX', 'E0INITECH'],
  })
})
afterAll(() => stage.stop())

const installed = async (): Promise<{ tenant: string; label: string }[]> =>
  (await stage.owner.api('GET', '/surfaces/slack')).body.data.installations

test('one app is installed in two workspaces and in a whole enterprise, and speaks in each with its own token', async () => {
  expect((await installed()).map(({ tenant }) => tenant).sort()).toEqual(['E0INITECH', 'T0000ACME', 'T00GLOBEX'])
  const greta = stage.slack.person('greta', 'T00GLOBEX')
  await greta.saysIn('sales', '@Behalf help')
  await greta.reads('create opportunity', 'sales')
  const alice = stage.slack.person('alice')
  expect(await alice.sees('sales')).toEqual([])
})

test('somebody of an enterprise is one person in all its workspaces', async () => {
  const [east, west] = [stage.slack.person('peter', 'T0INIEAST'), stage.slack.person('peter', 'T0INIWEST')]
  await east.says('create opportunity name: East')
  await stage.connect(east, linkIn(await east.reads(ASKED)), 'Bob Ortiz')
  await east.reads('Created East.')
  await west.saysIn('west', '@Behalf create opportunity name: West')
  await west.reads('Created West.', 'west')
  expect(stage.ownerOf('West')).toBe('bob')
  await west.runs('/behalf', 'create opportunity', 'west')
  await west.fills({ name: 'By form' })
  await west.reads('Created By form.', 'west')
})

test('an app that is taken out of one workspace goes on in the others, and can be installed again', async () => {
  const { slack } = stage
  const greta = slack.person('greta', 'T00GLOBEX')
  await slack.uninstall('T00GLOBEX')
  await stage.alice.says('help')
  await stage.alice.reads('create opportunity')
  expect((await stage.audit('surface.uninstalled')).at(-1)).toMatchObject({ why: 'vendor' })
  expect(await stage.audit('surface.uninstalled')).toHaveLength(1)
  await stage.install('T00GLOBEX')
  await greta.says('help')
  await greta.reads('create opportunity')
})

test('where only one workspace of an enterprise has the app, its people are the enterprise’s still', async () => {
  const { slack } = stage
  await slack.uninstall('T0INIEAST')
  slack.state.orgWide.clear()
  await stage.install('T0INIEAST')
  const irene = slack.person('irene', 'T0INIEAST')
  await irene.saysIn('east', '@Behalf create opportunity name: Of one team')
  await stage.connect(irene, linkIn(await irene.reads(ASKED, 'east')), 'Alice Ng')
  await irene.reads('Created Of one team.', 'east')
  const subjects = await stage.database.db.selectFrom('identities').select('subject').execute()
  expect(subjects.map(({ subject }) => subject)).toContain('slack:E0INITECH:W000IRENE')
})
