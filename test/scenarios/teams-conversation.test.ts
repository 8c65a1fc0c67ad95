import { afterAll, beforeAll, expect, test } from 'vitest'
import { readable } from '../support/teams/person.ts'
import { startTeamsStage, type TeamsStage } from '../support/teams/stage.ts'

let stage: TeamsStage
beforeAll(async () => {
  stage = await startTeamsStage()
})
afterAll(() => stage.stop())

test('“help” in a direct message is answered by a card with what Alice can run', async () => {
  const alice = stage.person('alice')
  expect((await alice.says('help')).status).toBe(200)
  const card = await alice.reads('You can run these')
  expect(readable(card)).toContain('create opportunity')
})
