import { z } from '@hono/zod-openapi'

const Instant = z.string().meta({ format: 'date-time' })
const Named = z.object({ id: z.string(), name: z.string() })

/** What a person allows one recipe to do with one connection of theirs. */
export const Consent = z
  .object({
    id: z.string(),
    person: Named,
    recipe: Named,
    /** The person’s own. */
    connection: Named.extend({ connector: z.string(), account_label: z.string().nullable() }),
    /** What the recipe may do, in plain words. */
    does: z.array(z.string()),
    created_at: Instant,
  })
  .openapi('Consent')

export const ChildrenLimit = z
  .object({
    connector: z.string(),
    used: z.number(),
    limit: z.number(),
    /** From 80 % of the limit on. */
    warning: z.boolean(),
  })
  .openapi('ChildrenLimit')

/** Leave for one recipe to use a person’s own connection without them. */
export const Delegation = z
  .object({
    id: z.string(),
    person: Named,
    connection: Named.extend({ account_label: z.string().nullable() }),
    /** Null when it was deleted. */
    recipe: Named.nullable(),
    /** lapsed: the recipe does more by now, or is gone: give it anew or end it. expired: its date is over. */
    state: z.enum(['active', 'lapsed', 'expired']),
    /** What the recipe does by now beyond what was delegated, in plain words. */
    growth: z.array(z.string()),
    created_at: Instant,
    expires_at: Instant,
  })
  .openapi('Delegation')

export const ChildrenByStatus = z
  .object({ connected: z.number(), pending: z.number(), lost: z.number(), disconnected: z.number() })
  .openapi('ChildrenByStatus')
