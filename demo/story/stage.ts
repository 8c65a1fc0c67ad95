import { ALICE, BOB } from '../town/people.ts'
import type { Seeded } from '../town/seed-town.ts'
import type { Town } from '../town/start-town.ts'
import { type Actor, enter } from './actor.ts'
import type { Story } from './story.ts'
import { callWitness, type Witness } from './witness.ts'

/** What every scene is played with. */
export interface Stage {
  story: Story
  town: Town
  /** What was there before the first scene; Dana's browser too. */
  seeded: Seeded
  alice: Actor
  bob: Actor
  witness: Witness
}

export async function setStage(story: Story, town: Town, seeded: Seeded): Promise<Stage> {
  const [alice, bob] = [await enter(story, town.behalf.url, ALICE), await enter(story, town.behalf.url, BOB)]
  return { story, town, seeded, alice, bob, witness: await callWitness(town) }
}
