import type { ConnectorRegistry } from '#connectors/connector.ts'
import type { Environment } from '#database/tables.ts'
import type { ReadExpression } from '../expressions/expressions.ts'
import type { Program } from '../program.ts'
import type { Parameter } from '../step.ts'

/** What validation must know beside the document: plain facts, loaded by `loadRecipeFacts` or made up by a test. */
export interface RecipeFacts {
  /** The recipe itself. */
  recipeId: string
  /** Where the recipe lives. */
  projectId: string
  environment: Environment
  connectors: ConnectorRegistry
  /** The parent connections of the workspace that the document names, by id; those of others and children are not among them. */
  parents: ReadonlyMap<string, ParentFacts>
  /** The functions it may call, directly or through others, by id; those of other projects and environments are not among them. */
  functions: Program['functions']
  /** The connections it names for functions, by id: whose each is, and under which parent. Null for a parent itself. */
  overrides: ReadonlyMap<string, { parentId: string | null; personId: string | null }>
  /** The commands of the workspace's other started recipes. */
  takenCommands: ReadonlySet<string>
  /** What the recipes take that have the commands its buttons and menus run, started or not, by command. */
  commands: ReadonlyMap<string, readonly (readonly Parameter[])[]>
  /** What the document's expressions say, by source; some are left out when another took too long to read. */
  expressions: ReadonlyMap<string, ReadExpression>
}

/** A parent connection as validation sees it. */
export interface ParentFacts {
  id: string
  name: string
  connector: string
  projectId: string
  environment: Environment
  /** Of its own grant: `success` when it is connected. */
  status: string | null
  deleted: boolean
  /** Whether each person may have a connection of their own under it; `form_not_allowed`: once its builder lets them, by a form. */
  personal: 'possible' | 'impossible' | 'form_not_allowed'
}
