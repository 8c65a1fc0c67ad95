import type { z } from 'zod'
import type { Surface } from '#api/surfaces-contract.ts'
import type { BehalfSession } from './behalf-session.ts'

/** Sets Teams up as an administrator does; gives the address at which Behalf then listens to it. */
export async function setUpTeams(
  dana: BehalfSession,
  wanted: { settings: Record<string, string>; secrets?: Record<string, string> },
): Promise<{ endpoint: string; surface: z.infer<typeof Surface> }> {
  const surface = await dana.api<z.infer<typeof Surface>>('PUT', '/surfaces/teams', wanted)
  const copied = surface.steps.flatMap(({ copy }) => copy.map(({ value }) => value))
  const endpoint = copied.map((value) => /http\S+\/messages/.exec(value)?.[0]).find((found) => found !== undefined)
  if (!endpoint) throw new Error(`The set-up of Teams names no address: ${copied.join(', ')}`)
  return { endpoint, surface }
}
