import type { JobId, PersonId, WorkspaceId } from '#core/ids.ts'
import type { Person } from '#people/person.ts'
import type { Program } from '#recipes/program.ts'
import type { Json } from '#recipes/scope.ts'
import type { Origin } from '#surfaces/surface.ts'

/** A wish to run a started recipe, by somebody who may: checked before. */
export interface Invocation {
  /** The job's, new: its caller may watch it from before it is recorded. */
  id: JobId
  /** In the versions it runs in to its end. */
  program: Program
  workspaceId: WorkspaceId
  /** As whom; null for a webhook or a schedule. */
  person: Person | null
  origin: Origin
  /** Already checked against the trigger's parameters. */
  input: Json
  /** Who delivers (a surface and its workspace, an API key), under which repetition key, and what was sent. */
  delivery: { source: string; key: string | null; request: unknown }
  /** Whether the caller waits on an open connection for its end. */
  watched: boolean
  /** Of the job whose step starts it, or that it repeats: whose data it is given, so that it is kept as theirs. */
  within?: { private: boolean; masked: boolean; delegatorId: PersonId | null } | undefined
}

export interface Invoked {
  jobId: JobId
  /** True when this delivery started its job before: nothing was started now. */
  repeated: boolean
  /** The connect page, for the person's own session; null when nothing is missing. */
  connectUrl: string | null
  /** It was recorded waiting for somebody to delegate a connection it names, or to connect that again. */
  awaitsDelegator?: true
}
