import { UserError } from '#core/errors.ts'

/** One thing that is wrong with a recipe, and where. */
export interface Problem {
  /** `steps[2].input.Name`; empty for the document as a whole. */
  path: string
  /** Stable; listed in `docs/errors.md`. */
  code: string
  /** For the builder: what is wrong and what to do. Never holds a value of a job. */
  message: string
}

/** The error that carries `problems`: 422 `recipe_invalid`, with `details.problems`. */
export function recipeInvalid(problems: Problem[]): UserError {
  const [first] = problems
  const where = first?.path ? ` at ${first.path}` : ''
  const rest = problems.length > 1 ? ` And ${problems.length - 1} more.` : ''
  return new UserError('recipe_invalid', `The recipe is not right${where}: ${first?.message}${rest}`, {
    status: 422,
    details: { problems },
  })
}

/** The path of a part: `below('steps[2].input', 'odd key')` is `steps[2].input["odd key"]`. */
export function below(path: string, key: PropertyKey): string {
  if (typeof key === 'number') return `${path}[${key}]`
  const name = String(key)
  if (!/^[A-Za-z_$][\w$]*$/.test(name)) return `${path}[${JSON.stringify(name)}]`
  return path === '' ? name : `${path}.${name}`
}
