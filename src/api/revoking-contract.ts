import { z } from '@hono/zod-openapi'
import { Connection, Person } from './contract.ts'

const Instant = z.string().meta({ format: 'date-time' })

/** How many grants stand where on their way out. */
const RevocationCounts = z
  .object({
    /** Tried again for a day. */
    pending: z.number(),
    revoked: z.number(),
    /** Left alone at the application, where another grant of the same account is in use. */
    kept: z.number(),
    /** The application cannot be asked. */
    unsupported: z.number(),
    failed: z.number(),
  })
  .openapi('RevocationCounts')

/** All that ended when a person was shut out, and how revoking went by now. */
export const ShutOutPerson = Person.extend({
  ended: z.object({
    sessions: z.number(),
    api_keys: z.number(),
    connections: z.number(),
    consents: z.number(),
    delegations: z.number(),
    jobs: z.number(),
    revocations: RevocationCounts,
  }),
}).openapi('ShutOutPerson')

export const ConnectionsOfPerson = z
  .object({ person: Person, connections: z.array(Connection), revocations: RevocationCounts })
  .openapi('ConnectionsOfPerson')

/** Many runtime user connections cut off by one command. */
export const BulkRevocation = z
  .object({
    id: z.string(),
    kind: z.enum(['disconnect', 'delete']),
    total: z.number(),
    done: z.number(),
    created_at: Instant,
    /** Null while it is carried out. */
    finished_at: Instant.nullable(),
    revocations: RevocationCounts,
  })
  .openapi('BulkRevocation')

/** What that would do, said before it is ordered. */
export const ConsequencesForMany = z
  .object({ sentences: z.array(z.string()), connections: z.number(), people: z.number(), jobs_running: z.number() })
  .openapi('ConsequencesForMany')
