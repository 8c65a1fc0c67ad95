import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { portsFrom } from '../town/choose-ports.ts'
import { temporaryFolder } from '../town/data-folder.ts'
import { seedTown } from '../town/seed-town.ts'
import { startTown, type Town } from '../town/start-town.ts'
import { sceneAdministratorDeletes } from './scene-administrator-deletes.ts'
import { sceneBob } from './scene-bob.ts'
import { sceneDisconnect } from './scene-disconnect.ts'
import { sceneKilled } from './scene-killed.ts'
import { sceneNotNow } from './scene-not-now.ts'
import { sceneParentDeleted } from './scene-parent-deleted.ts'
import { sceneSecondRecipe } from './scene-second-recipe.ts'
import { sceneSecondRun } from './scene-second-run.ts'
import { sceneSlack } from './scene-slack.ts'
import { sceneSwitchOff } from './scene-switch-off.ts'
import { sceneSwitchOn } from './scene-switch-on.ts'
import { sceneTeams } from './scene-teams.ts'
import { sceneTwoApplications } from './scene-two-applications.ts'
import { setStage } from './stage.ts'
import { beginStory, type Story } from './story.ts'

/** In this order: each begins where the one before has ended. */
const SCENES = [
  sceneSwitchOff,
  sceneSwitchOn,
  sceneSecondRun,
  sceneBob,
  sceneSlack,
  sceneTeams,
  sceneNotNow,
  sceneSecondRecipe,
  sceneDisconnect,
  sceneTwoApplications,
  sceneKilled,
  sceneAdministratorDeletes,
  sceneParentDeleted,
]

/** Plays the whole story in a town of its own, on free ports and fresh data, which are gone afterwards. Gives the exit code. */
export async function playStory(stopAsked: Promise<void>): Promise<number> {
  let isOver = false
  // What happens to a play whose town is being stopped is no part of the story.
  const story = beginStory((line) => isOver || console.log(line))
  const { folder, remove } = await temporaryFolder()
  try {
    console.log('Behalf: starting an emulated town for the play')
    const town = await startTown({ folder, ports: portsFrom(0) })
    try {
      const interrupted = stopAsked.then(() => 'interrupted' as const)
      const collapsed = town.collapse.then((name) => story.breaksOff(`${name} has ended by itself`))
      const ending = await Promise.race([playScenes(story, town), collapsed, interrupted])
      isOver = ending === 'interrupted'
      if (isOver) return 130
    } finally {
      await town.stop()
    }
    return story.end() ? 0 : await tellErrors(folder)
  } finally {
    await remove()
  }
}

/** What Behalf logged as its own faults, before the log is removed. Goes to standard error: the last line of the story stays the last. */
async function tellErrors(folder: string): Promise<1> {
  const lines = (await readFile(join(folder, 'behalf.log'), 'utf8')).split('\n')
  for (const line of lines.filter((each) => each.includes('"level":50'))) console.error(line)
  return 1
}

async function playScenes(story: Story, town: Town): Promise<void> {
  try {
    const seeded = await seedTown(town, { switchOn: false })
    const { behalf, crm, github } = town
    console.log(`Behalf is at ${behalf.url}, Acme CRM at ${crm.url}, GitHub at ${github.url}.`)
    console.log('The connections were set up with the accounts of Bob at the CRM and of Carol at GitHub.')
    const stage = await setStage(story, town, seeded)
    for (const scene of SCENES) await scene(stage)
  } catch (error) {
    story.breaksOff(error)
  }
}
