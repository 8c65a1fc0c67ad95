import { z } from 'zod'

/** A name that mappings refer to: `{{ steps.create_opportunity.id }}`. */
export const Name = z
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

const Template = z.string().max(100_000)

/** One to three words, as typed in chat: `create opportunity`. */
export const CommandWords = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]*( [a-z0-9][a-z0-9-]*){0,2}$/, 'one to three lower-case words')
  .max(60)

/**
 * Any JSON whose strings are text templates: `"Hello {{ person.name }}"`. A string that is one pill alone, or one expression
 * (`"{{= $sum(steps.lines.price) }}"`), keeps the type of what it names or yields.
 */
export type Mapping = null | boolean | number | string | Mapping[] | { [key: string]: Mapping }
export const Mapping: z.ZodType<Mapping> = z
  .lazy(() => z.union([z.null(), z.boolean(), z.number(), Template, z.array(Mapping), z.record(z.string(), Mapping)]))
  .meta({
    id: 'Mapping',
    description:
      'Any JSON. Its texts may hold pills ({{ trigger.name }}) or be an expression as a whole ({{= $sum(trigger.amounts) }}): docs/mapping.md',
  })

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

/** Said of a step whose data nobody shall see, not in the job's history either. */
const masked = z.boolean().optional()

const ActionStep = z.strictObject({
  kind: z.literal('action'),
  name: Name,
  /** A name in the recipe's `connections`. */
  connection: Name,
  action: z.string().min(1).max(60),
  input: z.record(z.string(), Mapping).default({}),
  /** What happens to this step when Behalf was cut off in the middle of it and it is not idempotent. */
  after_crash: z.enum(['fail', 'run_again']).default('fail'),
  /** Whether its connection is asked for only when the job comes to this step, not before the first. */
  ask_when_reached: z.boolean().optional(),
  masked,
})
export type ActionStep = z.infer<typeof ActionStep>

const Label = z.string().min(1).max(1000)

/** Runs another command, as whoever presses it and within their rights. */
const Pressable = z.strictObject({
  label: Label,
  /** The command of a recipe. */
  command: CommandWords,
  /** What it is given, by its parameters; what it lacks is asked for. */
  input: z.record(Name, Mapping).default({}),
})
export type Pressable = z.infer<typeof Pressable>

const ReplyButton = z.strictObject({
  ...Pressable.shape,
  style: z.enum(['plain', 'primary', 'danger']).default('plain'),
  /** What is to be confirmed before it counts. */
  confirm: Label.optional(),
})

const ReplyMenu = z
  .strictObject({
    ...Pressable.partial({ command: true }).shape,
    /** Each with a command of its own; left out where `command` is given. */
    options: z.array(Pressable).min(1).max(100).optional(),
    /** A list to choose from, of texts or of `{ label, value }`: what is chosen is given to `command` as `parameter`. */
    choices: Mapping.optional(),
    parameter: Name.optional(),
  })
  .refine(
    ({ options, command, choices, parameter, input }) =>
      options
        ? command === undefined && choices === undefined && parameter === undefined && Object.keys(input).length === 0
        : command !== undefined && choices !== undefined && parameter !== undefined,
    'has either options, or a command with choices and the parameter they are given as',
  )
export type ReplyMenu = z.infer<typeof ReplyMenu>

const ReplyStep = z.strictObject({
  kind: z.literal('reply'),
  name: Name,
  text: Template,
  fields: z
    .array(z.strictObject({ name: z.string().min(1).max(80), value: Mapping }))
    .max(25)
    .default([]),
  buttons: z.array(ReplyButton).min(1).max(25).optional(),
  menus: z.array(ReplyMenu).min(1).max(5).optional(),
  /** The reply whose message this one takes the place of, by its step's name, where the surface can change what it said. */
  updates: Name.optional(),
  /** Whether nobody else reads it, where others can read what is said. */
  only_for_its_person: z.boolean().optional(),
  /** The job's result for a caller by API or webhook; a function's for whoever called it. */
  output: z.record(z.string(), Mapping).optional(),
  masked,
})
export type ReplyStep = z.infer<typeof ReplyStep>

const StopStep = z.strictObject({
  kind: z.literal('stop'),
  name: Name,
  outcome: z.enum(['succeeded', 'failed']),
  message: Template.default(''),
})
export type StopStep = z.infer<typeof StopStep>

/** One to show and to press; `value` is what the step's output says. */
const Choice = z.strictObject({ label: z.string().min(1).max(80), value: z.string().min(1).max(200) })

const AskStep = z
  .strictObject({
    kind: z.literal('ask'),
    name: Name,
    text: Template,
    /** Buttons; left out where `form` is given. */
    choices: z.array(Choice).min(1).max(25).optional(),
    /** Fields to fill in; left out where `choices` are given. */
    form: z.array(Parameter).min(1).max(25).optional(),
    /** How long the job waits for the answer, in hours. */
    expires_in_hours: z.number().min(0.01).max(720).default(24),
    /** When nobody answers in time: the job ends `expired`, or goes on with `answered` false. */
    on_timeout: z.enum(['end', 'go_on']).default('end'),
    masked,
  })
  .refine(({ choices, form }) => (choices === undefined) !== (form === undefined), 'has either choices or a form')
export type AskStep = z.infer<typeof AskStep>

const CallStep = z.strictObject({
  kind: z.literal('call'),
  name: Name,
  /** The function's recipe; null until one is chosen. */
  recipe_id: z
    .string()
    .regex(/^rcp_[0-9a-z]+$/, 'a recipe id')
    .nullable()
    .default(null),
  input: z.record(z.string(), Mapping).default({}),
  /** Whether this job goes on only when the function has ended, with what it yields. Otherwise it runs as a job of its own. */
  wait: z.boolean().default(true),
  /** For a recipe that has no person: whose connection the function uses, by the function's own name of the connection. */
  connection_overrides: z.record(Name, z.string().regex(/^con_[0-9a-z]+$/, 'a connection id')).default({}),
  masked,
})
export type CallStep = z.infer<typeof CallStep>

export interface IfStep {
  kind: 'if'
  name: string
  condition: Conditions
  steps: Step[]
  else_if: { condition: Conditions; steps: Step[] }[]
  else: Step[]
}

/** Runs its steps once for each item of a list; within them `{{ loops.name.item }}` and `{{ loops.name.index }}` are the item and its place from 0. */
export interface ForEachStep {
  kind: 'for_each'
  name: string
  items: Mapping
  steps: Step[]
  /** A list with more items fails the step before the first of them. */
  limit: number
  /** What each time yields; the step's output holds all of them as `collected`. */
  collect?: Mapping | undefined
}

/** Runs its steps, at least once, and again for as long as the condition holds after them. */
export interface RepeatStep {
  kind: 'repeat'
  name: string
  steps: Step[]
  while: Conditions
  /** Going on beyond it fails the step. */
  limit: number
  collect?: Mapping | undefined
}

/** Runs its steps; when one fails, all of them again, and after the last try the steps of `on_error`, which know `{{ error.message }}`. */
export interface HandleErrorsStep {
  kind: 'handle_errors'
  name: string
  steps: Step[]
  retries: number
  /** Between one try and the next. */
  interval_seconds: number
  on_error: Step[]
}

export type Step =
  | ActionStep
  | ReplyStep
  | StopStep
  | AskStep
  | CallStep
  | IfStep
  | ForEachStep
  | RepeatStep
  | HandleErrorsStep

export const Steps: z.ZodType<Step[]> = z.lazy(() => z.array(Step).max(200)).meta({ id: 'Steps' })

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

const ForEachStep = z.strictObject({
  kind: z.literal('for_each'),
  name: Name,
  items: Mapping,
  steps: Steps,
  limit: z.int().min(1).max(10_000).default(1000),
  collect: Mapping.optional(),
})

const RepeatStep = z.strictObject({
  kind: z.literal('repeat'),
  name: Name,
  steps: Steps,
  while: Conditions,
  limit: z.int().min(1).max(1000).default(100),
  collect: Mapping.optional(),
})

const HandleErrorsStep = z.strictObject({
  kind: z.literal('handle_errors'),
  name: Name,
  steps: Steps,
  retries: z.int().min(0).max(10).default(0),
  interval_seconds: z.int().min(1).max(86_400).default(5),
  on_error: Steps.default([]),
})

const Step: z.ZodType<Step> = z
  .discriminatedUnion('kind', [
    ActionStep,
    ReplyStep,
    StopStep,
    AskStep,
    CallStep,
    IfStep,
    ForEachStep,
    RepeatStep,
    HandleErrorsStep,
  ])
  .meta({ id: 'Step' })
