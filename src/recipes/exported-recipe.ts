import { z } from 'zod'
import { findJsonProblem } from './plain-json.ts'
import { below, type Problem } from './problem.ts'
import { schemaProblems } from './schema-problems.ts'
import { mapCallSteps } from './steps-of-file.ts'

/** How a connection is named in a file: not by its id, which means nothing elsewhere. */
export const ConnectionName = z
  .strictObject({ connector: z.string(), name: z.string() })
  .nullable()
  .default(null)
  .describe('The parent connection, in the same project and environment; null until one is chosen.')

const ExportedConnection = z.strictObject({
  connector: z.string(),
  connection: ConnectionName,
  personal: z.boolean().default(false),
})

/** The rest of it is a recipe's document, but that a call names its function by `function`. */
const RecipeOfFile = z.looseObject({ connections: z.record(z.string(), ExportedConnection).default({}) })
export type RecipeOfFile = z.infer<typeof RecipeOfFile>

/** For editors. */
const $schema = z.string().max(1000).optional()

/** A recipe as one file. It holds no id, no secret and nobody's own connection. */
export const ExportedRecipe = z.strictObject({ $schema, format: z.literal('behalf-recipe/1'), recipe: RecipeOfFile })
export type ExportedRecipe = z.infer<typeof ExportedRecipe>

/** All recipes of a project's environment as one file. */
const ExportedProject = z.strictObject({
  $schema,
  format: z.literal('behalf-project/1'),
  recipes: z.array(RecipeOfFile).max(200),
})
export type ExportedProject = z.infer<typeof ExportedProject>

type Read<T> = { file: T } | { problems: Problem[] }

/** A value from outside as a recipe's file; the recipe itself is not judged. Ids in it are problems. */
export function readRecipeFile(json: unknown): Read<ExportedRecipe> {
  const read = readAs(ExportedRecipe, json)
  if ('problems' in read) return read
  const problems = idProblems(read.file.recipe, 'recipe.steps')
  return problems.length > 0 ? { problems } : read
}

/** As `readRecipeFile`, for a project's. */
export function readProjectFile(json: unknown): Read<ExportedProject> {
  // Each recipe of it is measured by itself, later.
  const read = readAs(ExportedProject, json, Number.POSITIVE_INFINITY)
  if ('problems' in read) return read
  const problems = read.file.recipes.flatMap((recipe, index) => idProblems(recipe, `recipes[${index}].steps`))
  return problems.length > 0 ? { problems } : read
}

function readAs<S extends z.ZodType>(schema: S, json: unknown, characters?: number): Read<z.output<S>> {
  const unfit = findJsonProblem(json, characters)
  if (unfit !== undefined) return { problems: [unfit] }
  const result = schema.safeParse(json)
  return result.success ? { file: result.data } : { problems: schemaProblems(result.error.issues, 'file_malformed') }
}

function idProblems({ steps }: RecipeOfFile, path: string): Problem[] {
  const problems: Problem[] = []
  const add = (at: string, message: string) => problems.push({ path: at, code: 'file_malformed', message })
  const look = (step: Record<string, unknown>, at: string) => {
    for (const key of ['recipe_id', 'connection_overrides'])
      if (Object.hasOwn(step, key)) add(below(at, key), 'holds an id, which means nothing elsewhere: leave it out')
    if (typeof (step.function ?? '') !== 'string') add(below(at, 'function'), 'is the name of a function, or null')
    return step
  }
  mapCallSteps(steps, look, path)
  return problems
}
