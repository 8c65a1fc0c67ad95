import type { Trigger } from './recipe.ts'

/** Whether the jobs of a recipe can have a person: nobody calls a webhook or sets off a schedule. */
export function hasPerson({ kind }: Trigger): boolean {
  return kind !== 'webhook' && kind !== 'schedule'
}
