import type { Pill } from './template.ts'

/** Plain JSON, as it came from `JSON.parse` or would survive it. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** What a job knows when a mapping is resolved: the roots that pills begin with. */
export interface Scope {
  /** The parameters, those without a value left out; for a webhook `body`, `headers` and `query`; for a schedule as below. */
  trigger: Json
  /** The outputs of the actions that have run, by the step's name. A step that did not run is left out. */
  steps: { [name: string]: Json }
  /** Where a step stands in loops: the item and its place from 0, by the loop's name. */
  loops?: { [name: string]: { item?: Json; index: number } }
  /** What failed, within the steps that handle it. */
  error?: { code: string; message: string; step: string }
  /** The invoker; null for a webhook's job or a schedule's. */
  person: { id: string; name: string; email: string | null } | null
  job: { id: string; recipe: string; created_at: string }
}

/** The fields of `error` and of a loop that pills may name. */
export const ERROR_FIELDS = ['code', 'message', 'step'] satisfies (keyof NonNullable<Scope['error']>)[]
export const LOOP_FIELDS = ['item', 'index'] as const

/** What a schedule's job is given: the time it was due, in UTC, and by which time zone's clock. */
export const SCHEDULE_FIELDS = ['scheduled_for', 'time_zone'] as const

/** The fields of `person` and `job` that pills may name, for validation; the types keep them in step with `Scope`. */
export const PERSON_FIELDS = ['id', 'name', 'email'] satisfies (keyof NonNullable<Scope['person']>)[]
export const JOB_FIELDS = ['id', 'recipe', 'created_at'] satisfies (keyof Scope['job'])[]

/**
 * What a pill names in a scope; undefined when it is absent. Only own, enumerable properties count,
 * so that neither `length` nor anything of a prototype can be reached. A key of null or of a text is absent.
 */
export function lookUp(pill: Pill, scope: Scope): Json | undefined {
  let value: unknown = scope[pill.root]
  for (const key of pill.path) {
    if (typeof value !== 'object' || value === null) return undefined
    if (!Object.prototype.propertyIsEnumerable.call(value, key)) return undefined
    value = (value as Record<string | number, unknown>)[key]
  }
  return value as Json | undefined
}
