import type { AskingContext } from '#asking/context.ts'
import type { JobId } from '#core/ids.ts'
import type { ExpressionsContext } from '#recipes/expressions/expressions.ts'
import type { Program } from '#recipes/program.ts'
import type { SurfaceRegistry } from '#surfaces/surface.ts'
import type { JobAnswer } from './read-job-answer.ts'

// Rooms above speak of messages without knowing the surfaces' port.
export type {
  Delivery,
  Message,
  Origin,
  Outgoing,
  SetUpCheck,
  SetUpFile,
  Surface,
  SurfaceSetUp,
} from '#surfaces/surface.ts'

/** The labelled points of a job, where a crash is tested. */
export type Checkpoint =
  | 'job recorded'
  | 'job claimed'
  | 'step begun'
  | 'step done but not recorded'
  | 'step recorded'
  | 'job ended'
  | 'wait recorded'
  | 'reply delivered but not noted'

/** An e-mail of Behalf's own, to one person: a few words and a link, never data of a job. */
export type SendMail = (mail: { messageId: string; to: string; subject: string; text: string }) => Promise<void>

/** What this room works with; wired once at start. */
export interface JobsContext extends AskingContext, ExpressionsContext {
  surfaces: SurfaceRegistry
  /** Does nothing but in tests, which end the process there. */
  checkpoint(label: Checkpoint): void
  /** Sends an e-mail, once the mail server has taken it; null where none is set up. */
  sendMail: SendMail | null
  /** How long a job waits for its person before it lapses. */
  askForMs: number
  /** Jobs that run in this process now, and whether somebody rang for one meanwhile. */
  running: Map<JobId, { rungAgain: boolean }>
  /** How many jobs may run here for a new one to begin without the queue (0 where none may), those that did, and who waits for a place. */
  beginHere: { most: number; runs: Set<Promise<void>>; waiting: Set<() => void> }
  /** Who waits in this process for a job's end. */
  watchers: Map<JobId, Set<(end: JobAnswer | null) => void>>
  /** What jobs run, by the versions they noted: these never change. */
  programs: Map<string, Program>
  /** Claims being made, of which it is not known yet what they come to; once closed, no more are made. */
  claims: { closed: boolean; underWay: Set<Promise<unknown>> }
  /** Which jobs are given back at their next step, because this process is to end: none, those nobody waits for here, all. */
  givingBack: { jobs: 'none' | 'unwatched' | 'all' }
  /** Versions of recipes of which this process knows everything, as `recipe id/version`. */
  known: Set<string>
}
