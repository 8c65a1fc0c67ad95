import { z } from 'zod'
import { CommandWords, Name, Parameter, Steps } from './step.ts'

const JsonSchema = z.record(z.string(), z.unknown()).meta({ id: 'JsonSchema' })

export const Trigger = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('command'),
    command: CommandWords,
    parameters: z.array(Parameter).max(25).default([]),
    /** Whether neither help nor a suggestion names it; it runs when it is typed, or by a button. */
    hidden: z.boolean().optional(),
  }),
  z.strictObject({ kind: z.literal('api'), parameters: z.array(Parameter).max(25).default([]) }),
  z.strictObject({
    kind: z.literal('form'),
    title: z.string().trim().min(1).max(120),
    description: z.string().max(2000).default(''),
    parameters: z.array(Parameter).max(25).default([]),
  }),
  z.strictObject({
    kind: z.literal('skill'),
    /** What it does and when to use it, for the model that chooses. */
    description: z.string().trim().min(1).max(2000),
    /** JSON Schema of what it is called with. */
    input: JsonSchema.default({ type: 'object' }),
    /** JSON Schema of what it yields, by the output of its last reply. */
    output: JsonSchema.default({ type: 'object' }),
  }),
  z.strictObject({
    kind: z.literal('schedule'),
    /** Minute, hour, day, month, weekday: `0 9 * * 1-5`. */
    cron: z.string().max(200),
    /** By whose clock: `Europe/Berlin`. */
    time_zone: z.string().max(60),
    /** What is run of what was missed while the server was away: nothing, the last of it, or all, up to the last hundred. */
    catch_up: z.enum(['none', 'latest', 'all']).default('latest'),
  }),
  z.strictObject({
    kind: z.literal('webhook'),
    /** How the caller is answered: at once with 202, or with the result when the job has ended. */
    respond: z.enum(['at_once', 'when_done']).default('at_once'),
  }),
  z.strictObject({
    kind: z.literal('function'),
    /** JSON Schema of what it is called with. */
    input: JsonSchema.default({ type: 'object' }),
    /** JSON Schema of what it yields, by the output of its last reply. */
    output: JsonSchema.default({ type: 'object' }),
  }),
])
export type Trigger = z.infer<typeof Trigger>

/** One connection a recipe uses, by the name its steps call it. */
export const RecipeConnection = z.strictObject({
  connector: z.string().min(1).max(60),
  /** The parent connection; null until one is chosen. */
  connection_id: z
    .string()
    .regex(/^con_[0-9a-z]+$/, 'a connection id')
    .nullable()
    .default(null),
  /** The switch: use the account of the person who runs this. */
  personal: z.boolean().default(false),
})
export type RecipeConnection = z.infer<typeof RecipeConnection>

/** What a recipe is: the document that is versioned, validated, exported and run. Published as JSON Schema. */
export const RecipeDocument = z
  .strictObject({
    name: z.string().trim().min(1).max(120),
    description: z.string().max(2000).default(''),
    trigger: Trigger,
    connections: z.record(Name, RecipeConnection).default({}),
    steps: Steps,
    settings: z
      .strictObject({
        /** How many jobs of it run at once; the others wait for their turn. */
        at_once: z.number().int().min(1).max(1000).optional(),
      })
      .optional(),
  })
  .superRefine(refuseParentChosenTwice)
export type RecipeDocument = z.infer<typeof RecipeDocument>

// why: the switch belongs to recipe and parent together; two names for one parent could hold it on and off at once.
function refuseParentChosenTwice(
  { connections }: { connections: Record<string, RecipeConnection> },
  context: z.RefinementCtx,
) {
  const nameOf = new Map<string, string>()
  for (const [name, { connection_id }] of Object.entries(connections)) {
    if (connection_id === null) continue
    const first = nameOf.get(connection_id)
    if (first === undefined) nameOf.set(connection_id, name)
    else
      context.addIssue({
        code: 'custom',
        path: ['connections', name, 'connection_id'],
        message: `is the connection that "${first}" already stands for: use one name for it`,
      })
  }
}

/** What a step's `connection` names in its recipe, if anything. */
export function findConnection(document: RecipeDocument, name: string): RecipeConnection | undefined {
  return Object.hasOwn(document.connections, name) ? document.connections[name] : undefined
}
