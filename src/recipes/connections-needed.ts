import type { ConnectionId } from '#core/ids.ts'
import type { Part, Program } from './program.ts'
import { findConnection } from './recipe.ts'
import type { CallStep, Step } from './step.ts'
import { bodiesOf } from './steps.ts'

/** Whether a step, named as a job's record names it (`notify.post` in the function that `notify` calls), has run for good. */
export type IsDone = (key: string) => boolean

/**
 * The parents of which the person who runs a program needs a connection of their own, in the order of the steps, functions included; also
 * those behind an if that may not be reached, and those of functions that run as jobs of their own: a person lets the recipe that starts them
 * do what they do. What has run for good needs none any more. A connection that every step marks to be asked for when it is reached is left
 * out, unless `reached` asks for those as well.
 */
export function connectionsNeeded(
  program: Program,
  { isDone = () => false, reached = false }: { isDone?: IsDone; reached?: boolean } = {},
): ConnectionId[] {
  const needed = new Set<ConnectionId>()
  const walk = (part: Part, steps: readonly Step[], prefix: string, overridden: CallStep['connection_overrides']) => {
    for (const step of steps) {
      const key = `${prefix}${step.name}`
      // why: an if on record has chosen, but what stands in it has not run by that.
      if (step.kind !== 'if' && isDone(key)) continue
      if (step.kind === 'action' && (reached || !step.ask_when_reached)) {
        const connection = findConnection(part.document, step.connection)
        if (connection?.personal && connection.connection_id && !Object.hasOwn(overridden, step.connection))
          needed.add(connection.connection_id as ConnectionId)
      }
      if (step.kind === 'call') {
        const called = program.functions.get(step.recipe_id ?? '')
        if (called) walk(called, called.document.steps, `${key}.`, step.connection_overrides)
      }
      // why: within a loop or a try again each time has a name of its own; the whole is done when its own record says so.
      const within = step.kind === 'if' ? prefix : `${key}[].`
      for (const body of bodiesOf(step, '')) walk(part, body.steps, within, overridden)
    }
  }
  walk(program.main, program.main.document.steps, '', {})
  return [...needed]
}
