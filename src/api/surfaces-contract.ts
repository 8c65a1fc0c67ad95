import { z } from '@hono/zod-openapi'

const Instant = z.string().meta({ format: 'date-time' })
const Link = z.object({ label: z.string(), url: z.string() })

const SurfaceField = z.object({
  name: z.string(),
  label: z.string(),
  hint: z.string(),
  secret: z.boolean(),
  required: z.boolean(),
  /** Of a choice; empty for a text. */
  choices: z.array(z.object({ value: z.string(), label: z.string() })),
  /** What is saved, or what it is until something is; null of a secret, which is never shown. */
  value: z.string().nullable(),
  /** Of a secret: whether one is kept. */
  kept: z.boolean(),
})

const SurfaceStep = z.object({
  title: z.string(),
  text: z.string(),
  /** What to copy from here to the vendor. */
  copy: z.array(z.object({ label: z.string(), value: z.string() })),
  links: z.array(Link),
  /** Names of `files`. */
  files: z.array(z.string()),
})

/** A team, an enterprise or a tenant where the app is installed; never what it was given there. */
export const SurfaceInstallation = z
  .object({
    id: z.string(),
    /** The vendor’s id of it. */
    tenant: z.string(),
    label: z.string(),
    /** Whoever has a verified address of one of these there is the person who has it here. */
    email_domains: z.array(z.string()),
    allows_guests: z.boolean(),
    /** People of other organisations, met in a shared channel. */
    allows_strangers: z.boolean(),
    /** Whether an owner saved it last: only then does an address lead to an owner. */
    links_owners: z.boolean(),
    installed_at: Instant,
    /** Since when it is no longer; null while it is. */
    removed_at: Instant.nullable(),
  })
  .openapi('SurfaceInstallation')

/** A place where people run recipes, as an administrator sets it up; never a secret. */
export const Surface = z
  .object({
    name: z.string(),
    label: z.string(),
    summary: z.string(),
    is_set_up: z.boolean(),
    fields: z.array(SurfaceField),
    /** What to do, in its order. */
    steps: z.array(SurfaceStep),
    /** Files to hand to the vendor. */
    files: z.array(z.object({ name: z.string(), label: z.string(), type: z.string() })),
    /** Signing in on the web by the app’s client; null while its settings name none. */
    sign_in: z.object({ label: z.string(), redirect_uri: z.string() }).nullable(),
    installations: z.array(SurfaceInstallation),
  })
  .openapi('Surface')

const Values = z.record(z.string().max(60), z.string().max(8000))

export const SurfaceSettings = z
  .strictObject({
    /** Left out: as it was. */
    settings: Values.default({}),
    /** Left out: as it was; empty: taken away. */
    secrets: Values.default({}),
  })
  .openapi('SurfaceSettings')

export const SurfaceCheck = z
  .object({
    what: z.string(),
    is_good: z.boolean(),
    /** What was found, or what to do. */
    text: z.string(),
  })
  .openapi('SurfaceCheck')

export const SurfaceInstallationChange = z
  .strictObject({
    email_domains: z.array(z.string().max(260)).max(100).optional(),
    allows_guests: z.boolean().optional(),
    allows_strangers: z.boolean().optional(),
  })
  .openapi('SurfaceInstallationChange')
