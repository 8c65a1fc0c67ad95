import { newId } from '#core/ids.ts'
import { type Invoked, invoke } from '#jobs/invoke.ts'
import { watchJob } from '#jobs/watch-job.ts'
import { type Actor, requirePrivilege, workspaceOf } from '#people/actor.ts'
import type { Program } from '#recipes/program.ts'
import { readInput } from '#recipes/read-input.ts'
import type { CommandsContext } from '../context.ts'

interface RunNow {
  program: Program
  timeZone: string
  /** Must be empty: a schedule gives its own. */
  input: Record<string, unknown>
  /** Who starts it, and under which repetition key. */
  delivery: { source: string; key: string | null }
  waitMs: number
}

/**
 * Runs a started recipe with a schedule now, as nobody, whenever it is due next. Needs Run and Edit recipes, and not that it is shared: whoever
 * edits it could make it due at any minute.
 */
export async function runScheduleNow(
  ctx: CommandsContext,
  actor: Actor,
  { program, timeZone, input, delivery, waitMs }: RunNow,
): Promise<Invoked & { settled: boolean }> {
  requirePrivilege(actor, 'recipes.run', 'recipes.edit')
  readInput([], input)
  const invoked = await invoke(ctx, {
    id: newId('job'),
    program,
    workspaceId: workspaceOf(actor),
    person: null,
    origin: { surface: 'schedule', address: {} },
    input: { scheduled_for: ctx.clock().toISOString(), time_zone: timeZone },
    delivery: { ...delivery, request: 'now' },
    watched: waitMs > 0,
  })
  return { ...invoked, settled: waitMs > 0 ? await watchJob(ctx, invoked.jobId, waitMs) : false }
}
