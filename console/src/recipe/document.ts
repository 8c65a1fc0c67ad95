/**
 * A recipe's document as the console reads it: the shape of the published schema (`/api/schemas/recipe.json`), with everything
 * optional, because a stopped recipe may be unfinished. The server alone decides what is valid.
 */
export interface RecipeDocument {
  name?: string
  description?: string
  trigger?: Trigger
  connections?: Record<string, RecipeConnection>
  steps?: Step[]
  settings?: { at_once?: number }
}

export interface Trigger {
  kind: 'command' | 'form' | 'skill' | 'api' | 'function' | 'webhook' | 'schedule'
  command?: string
  /** Neither help nor a suggestion names the command. */
  hidden?: boolean
  title?: string
  description?: string
  parameters?: Parameter[]
  cron?: string
  time_zone?: string
  catch_up?: 'none' | 'latest' | 'all'
  respond?: 'at_once' | 'when_done'
  /** JSON Schema of what a skill or a function is called with. */
  input?: Record<string, unknown>
}

export interface Parameter {
  name: string
  label?: string
  type: 'text' | 'number' | 'boolean' | 'choice'
  hint?: string
  required?: boolean
  choices?: string[]
}

export interface RecipeConnection {
  connector: string
  connection_id?: string | null
  /** The switch: use the account of the person who runs this. */
  personal?: boolean
}

export interface Condition {
  left: unknown
  is: string
  right?: unknown
}

export type Conditions = { all: Condition[] } | { any: Condition[] }

interface Branch {
  condition: Conditions
  steps: Step[]
}

/** A button, or a choice of a menu: what it says, and which command it runs with what. */
export interface CommandRun {
  label: string
  command: string
  input?: Record<string, unknown>
}

/** Options of their own, or a list to choose one command's parameter from. */
export type ReplyMenu = { label: string } & (
  | { options: CommandRun[] }
  | { command: string; choices: unknown; parameter: string }
)

export type Step =
  | { kind: 'action'; name: string; connection: string; action: string; input?: Record<string, unknown> }
  | {
      kind: 'reply'
      name: string
      text: string
      fields?: { name: string; value: unknown }[]
      buttons?: CommandRun[]
      menus?: ReplyMenu[]
      updates?: string
      only_for_its_person?: boolean
    }
  | { kind: 'stop'; name: string; outcome: 'succeeded' | 'failed'; message?: string }
  | (Branch & { kind: 'if'; name: string; else_if?: Branch[]; else?: Step[] })
  | { kind: 'for_each'; name: string; items: unknown; steps: Step[]; limit?: number; collect?: unknown }
  | { kind: 'repeat'; name: string; steps: Step[]; while: Conditions; limit?: number; collect?: unknown }
  | {
      kind: 'handle_errors'
      name: string
      steps: Step[]
      retries?: number
      interval_seconds?: number
      on_error?: Step[]
    }
  | {
      kind: 'call'
      name: string
      recipe_id?: string | null
      input?: Record<string, unknown>
      wait?: boolean
      connection_overrides?: Record<string, string>
    }
  | {
      kind: 'ask'
      name: string
      text: string
      choices?: { label: string; value: string }[]
      form?: Parameter[]
      expires_in_hours?: number
    }

/** A recipe's document, as it came from the server. */
export function asDocument(document: Record<string, unknown>): RecipeDocument {
  return document as RecipeDocument
}

// As one would write it: what a thing is and is called comes first, what it holds last.
const READING_ORDER = [
  ...[
    'kind',
    'name',
    'label',
    'description',
    'command',
    'type',
    'connector',
    'connection',
    'connection_id',
    'personal',
  ],
  ...[
    'trigger',
    'connections',
    'action',
    'condition',
    'input',
    'text',
    'fields',
    'parameters',
    'steps',
    'else_if',
    'else',
  ],
]

/** The same document with its keys in the order one reads them: the database keeps them in an order of its own. */
export function inReadingOrder<T>(value: T): T {
  if (Array.isArray(value)) return value.map(inReadingOrder) as T
  if (typeof value !== 'object' || value === null) return value
  const rank = (key: string) => (READING_ORDER.includes(key) ? READING_ORDER.indexOf(key) : READING_ORDER.length)
  const entries = Object.entries(value).sort(([a], [b]) => rank(a) - rank(b))
  return Object.fromEntries(entries.map(([key, inner]) => [key, inReadingOrder(inner)])) as T
}
