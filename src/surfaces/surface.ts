import type { Hono } from 'hono'
import type { JobId, PersonId, WorkspaceId } from '#core/ids.ts'

/** A link a person may follow. */
export interface MessageLink {
  label: string
  /** A whole URL. */
  url: string
}

/** A message that every surface can render natively. */
export interface Message {
  /** Plain text with line breaks. */
  text: string
  /** Name and value pairs shown below the text. */
  fields: { name: string; value: string }[]
  links: MessageLink[]
  tone: 'neutral' | 'success' | 'failure'
}

/** What a surface delivers, and why. */
export type Outgoing =
  /** The answer of a job, or of one of its reply steps. */
  | { kind: 'reply'; message: Message }
  /** What a job asks its person: they answer where it is delivered, by a click or in words, or on the job's page. */
  | { kind: 'question'; message: Message }
  /** Asks one person to connect. Holds the link: it may only be delivered where that person alone can read. */
  | { kind: 'ask'; message: Message }
  /** A short word about something that happened, for its person: delivered where they alone can read. */
  | { kind: 'notice'; message: Message }

/** Where an invocation came from and its answers go. Only the surface itself reads `address`. */
export interface Origin {
  /** The surface's name. */
  surface: string
  /** JSON; sealed at rest. */
  address: Record<string, unknown>
}

export interface Delivery {
  /** The same for every try of one delivery, so that the surface can leave out a repetition. */
  id: string
  workspaceId: WorkspaceId
  /** For whom it is; null for jobs that have no person. */
  personId: PersonId | null
  jobId: JobId | null
  address: Record<string, unknown>
  outgoing: Outgoing
}

/** A place where people invoke recipes and are asked. */
export interface Surface {
  /** `portal`; the folder's name. */
  name: string
  label: string
  /**
   * Delivers one message. Throws `OutsideError` when it could not: retryable, and the outbox tries again; or not, and the delivery
   * is given up: a job whose ask was given up fails with `ask_undeliverable`.
   */
  deliver(delivery: Delivery): Promise<void>
  /** Where a person can be told something unasked, for them alone; null when this surface cannot reach them. */
  addressOf(person: { id: PersonId; kind: string }): Promise<Record<string, unknown> | null>
}

/** Every surface by name. */
export type SurfaceRegistry = ReadonlyMap<string, Surface>

/**
 * What a surface's folder exports as `surface`. `C` is what commands work with; it is whole only after every surface is made, hence the
 * function. Routes are mounted at their path.
 */
export interface SurfaceModule<C> {
  make(ctx: () => C): Surface
  routes(ctx: C): { path: string; routes: Hono }[]
}
