import type { DataKey } from '#connections/sealing/data-keys.ts'
import type { JobId } from '#core/ids.ts'

/** Names where a job's sealed data belongs, so that bytes copied elsewhere do not open. */
export const jobPlace = (id: JobId, column: 'input' | 'result' | 'error' | 'address'): string => `jobs/${id}/${column}`

export const stepPlace = (id: JobId, step: string, column: 'input' | 'output' | 'error'): string =>
  `job_steps/${id}/${step}/${column}`

export const outboxPlace = (id: string, column: 'address' | 'body'): string => `outbox/${id}/${column}`

/** Seals a value, or passes on that there is none. */
export const sealOptional = (key: DataKey, place: string, value: unknown): Buffer | null =>
  value === undefined || value === null ? null : key.seal(place, value)

export const openOptional = <T>(key: DataKey, place: string, sealed: Buffer | null): T | null =>
  sealed === null ? null : key.open<T>(place, sealed)
