import type { OnConflictBuilder } from 'kysely'
import type { DataKey } from '#connections/sealing/data-keys.ts'
import { traceparentHere } from '#core/trace.ts'
import type { Tables } from '#database/tables.ts'
import { versionsOf } from '#recipes/program.ts'
import { isPrivate } from '#recipes/switch.ts'
import { slotsOf } from './admit-held.ts'
import type { JobsContext } from './context.ts'
import { shapeOf } from './data-shape.ts'
import type { Invocation } from './invocation.ts'
import { jobPlace, sealOptional } from './seal-job-data.ts'

/** What is recorded of a job whatever becomes of it first. */
export function jobRow(ctx: JobsContext, invocation: Invocation, dataKey: DataKey) {
  const { id, program, workspaceId, person, origin, input, delivery, watched, within } = invocation
  const functions = versionsOf(program)
  return {
    id,
    workspace_id: workspaceId,
    recipe_id: program.main.id,
    recipe_version: program.main.version,
    functions: functions && JSON.stringify(functions),
    person_id: person?.id ?? null,
    // why: it is given data of the job that starts it.
    private: isPrivate(program) || (within?.private ?? false),
    masked: within?.masked ?? false,
    surface: origin.surface,
    sealed_address: sealOptional(dataKey, jobPlace(id, 'address'), origin.address),
    delivery_source: delivery.source,
    delivery_key: delivery.key,
    request_hash: delivery.key === null ? null : dataKey.fingerprint(delivery.request),
    watched,
    data_key_id: dataKey.id,
    sealed_input: dataKey.seal(jobPlace(id, 'input'), input),
    input_shape: JSON.stringify({ input: shapeOf(input) }),
    created_at: ctx.clock(),
    slots: slotsOf(program, workspaceId),
    traceparent: traceparentHere(),
  }
}

/** A delivery with a key of its own is recorded once. */
export const onSameDelivery = (conflict: OnConflictBuilder<Tables, 'jobs'>) =>
  conflict.columns(['workspace_id', 'delivery_source', 'delivery_key']).where('delivery_key', 'is not', null)
