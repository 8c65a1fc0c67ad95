import { z } from 'zod'

/** A name that mappings refer to: `{{ steps.create_opportunity.id }}`. */
const Name = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,59}$/, 'lower-case letters, digits and underscores, beginning with a letter')
  .refine((name) => !['constructor', 'prototype', '__proto__'].includes(name), 'is a reserved word')

/** What a person is asked for when they run the recipe. */
export const Parameter = z.strictObject({
  name: Name,
  label: z.string().min(1).max(80).optional(),
  type: z.enum(['text', 'number', 'boolean', 'choice']),
  hint: z.string().max(200).optional(),
  required: z.boolean().default(true),
  choices: z.array(z.string().min(1).max(80)).min(1).max(100).optional(),
})
export type Parameter = z.infer<typeof Parameter>

export const Trigger = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('command'),
    /** One to three words, as typed in chat: `create opportunity`. */
    command: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]*( [a-z0-9][a-z0-9-]*){0,2}$/, 'one to three lower-case words')
      .max(60),
    parameters: z.array(Parameter).max(25).default([]),
  }),
  z.strictObject({ kind: z.literal('api'), parameters: z.array(Parameter).max(25).default([]) }),
  z.strictObject({
    kind: z.literal('webhook'),
    /** How the caller is answered: at once with 202, or with the result when the job has ended. */
    respond: z.enum(['at_once', 'when_done']).default('at_once'),
  }),
])
export type Trigger = z.infer<typeof Trigger>

const Template = z.string().max(100_000)

/** Any JSON whose strings are text templates: `"Hello {{ person.name }}"`. A string that is one pill alone keeps the type of what it names. */
export type Mapping = null | boolean | number | string | Mapping[] | { [key: string]: Mapping }
export const Mapping: z.ZodType<Mapping> = z
  .lazy(() => z.union([z.null(), z.boolean(), z.number(), Template, z.array(Mapping), z.record(z.string(), Mapping)]))
  .meta({ id: 'Mapping' })

export const Condition = z
  .strictObject({
    left: Mapping,
    is: z.enum([
      'equal_to',
      'not_equal_to',
      'greater_than',
      'less_than',
      'containing',
      'starting_with',
      'present',
      'absent',
    ]),
    /** What `left` is compared with; not for `present` and `absent`. */
    right: Mapping.optional(),
  })
  .meta({ id: 'Condition' })
export type Condition = z.infer<typeof Condition>

/** All of `all`, or at least one of `any`. */
export const Conditions = z.union([
  z.strictObject({ all: z.array(Condition).min(1).max(20) }),
  z.strictObject({ any: z.array(Condition).min(1).max(20) }),
])
export type Conditions = z.infer<typeof Conditions>

const ActionStep = z.strictObject({
  kind: z.literal('action'),
  name: Name,
  /** A name in the recipe's `connections`. */
  connection: Name,
  action: z.string().min(1).max(60),
  input: z.record(z.string(), Mapping).default({}),
  /** What happens to this step when Behalf was cut off in the middle of it and it is not idempotent. */
  after_crash: z.enum(['fail', 'run_again']).default('fail'),
})
export type ActionStep = z.infer<typeof ActionStep>

const ReplyStep = z.strictObject({
  kind: z.literal('reply'),
  name: Name,
  text: Template,
  fields: z
    .array(z.strictObject({ name: z.string().min(1).max(80), value: Mapping }))
    .max(25)
    .default([]),
  /** The job's result for a caller by API or webhook. */
  output: z.record(z.string(), Mapping).optional(),
})
export type ReplyStep = z.infer<typeof ReplyStep>

const StopStep = z.strictObject({
  kind: z.literal('stop'),
  name: Name,
  outcome: z.enum(['succeeded', 'failed']),
  message: Template.default(''),
})
export type StopStep = z.infer<typeof StopStep>

export interface IfStep {
  kind: 'if'
  name: string
  condition: Conditions
  steps: Step[]
  else_if: { condition: Conditions; steps: Step[] }[]
  else: Step[]
}
export type Step = ActionStep | ReplyStep | StopStep | IfStep

const Steps: z.ZodType<Step[]> = z.lazy(() => z.array(Step).max(200)).meta({ id: 'Steps' })
const IfStep = z.strictObject({
  kind: z.literal('if'),
  name: Name,
  condition: Conditions,
  steps: Steps,
  else_if: z
    .array(z.strictObject({ condition: Conditions, steps: Steps }))
    .max(20)
    .default([]),
  else: Steps.default([]),
})
const Step: z.ZodType<Step> = z
  .discriminatedUnion('kind', [ActionStep, ReplyStep, StopStep, IfStep])
  .meta({ id: 'Step' })

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
