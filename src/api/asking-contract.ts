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

/** What a person is asked to let a recipe do with a connection of theirs without them. */
export const DelegationRequest = z
  .object({
    id: z.string(),
    person: Named,
    connection: Named.extend({ account_label: z.string().nullable() }),
    recipe: Named,
    /** Who named the connection; null when a run asks. */
    asked_by: z.string().nullable(),
    asked_at: Instant,
    /** What the recipe would do, in plain words. */
    does: z.array(z.string()),
    /** What of that is more than was delegated before. */
    growth: z.array(z.string()),
    /** When what was delegated before ended. */
    ended_at: Instant.nullable(),
    jobs_waiting: z.number(),
    /** Sent back with an acceptance, which is for what was shown. */
    shown: z.string(),
  })
  .openapi('DelegationRequest')

/** A connection of a person that a recipe names for a function, and whether the recipe may use it. */
export const NamedConnection = z
  .object({
    connection: Named,
    person: z.object({ name: z.string() }),
    /** lapsed: the recipe does more by now than was delegated. not_asked: nobody is while the recipe is stopped. */
    state: z.enum(['delegated', 'asked', 'declined', 'ended', 'lapsed', 'not_asked']),
    /** delegated: until when; otherwise since when. */
    at: Instant.nullable(),
  })
  .openapi('NamedConnection')

export const ChildrenByStatus = z
  .object({ connected: z.number(), pending: z.number(), lost: z.number(), disconnected: z.number() })
  .openapi('ChildrenByStatus')
