import type { ConnectionsContext } from '#connections/context.ts'
import type { ConnectionId, JobId, PersonId, RecipeId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import type { Person } from '#people/person.ts'
import type { MessageButton } from '#surfaces/surface.ts'

/** What this room works with. What is done with jobs and messages is handed to it, and called in its own transaction. */
export interface AskingContext extends ConnectionsContext {
  /** Moves on the jobs of these recipes of this person that waited for this parent. */
  continueJobs(tx: Db, freed: { personId: PersonId; parentId: ConnectionId; recipeIds: RecipeId[] }): Promise<void>
  /** Ends one job that waits to be connected, because its person does not want to now; false when it went on, or ended, before. */
  declineJob(tx: Db, jobId: JobId): Promise<boolean>
  /** Asks the person of a job that still waits once more, where it came from, with a fresh link. */
  sendFreshMessage(jobId: JobId): Promise<void>
  /** Tells one person something, for them alone: where this job came from, or with null wherever they can be reached, or only on one surface. */
  tellPerson(
    tx: Db,
    told: { person: Person; jobId: JobId | null; surface?: string; text: string; buttons?: MessageButton[] },
  ): Promise<boolean>
}
