import { z } from 'zod'
import { ConnectionName, ExportedRecipe } from './exported-recipe.ts'
import { RecipeDocument } from './recipe.ts'

/** The published JSON Schema (draft 2020-12) of a recipe's file: of its document, with names in the place of ids. */
export function recipeFileSchema(): Record<string, unknown> {
  const file = z.toJSONSchema(ExportedRecipe, { io: 'input' }) as { properties: Record<string, unknown> }
  const { $schema: _, ...connection } = z.toJSONSchema(ConnectionName, { io: 'input' })
  const { $schema, $defs, ...recipe } = z.toJSONSchema(RecipeDocument, {
    io: 'input',
    override: ({ jsonSchema: { properties } }) => {
      if (properties === undefined) return
      if ('connection_id' in properties) rename(properties, 'connection_id', { connection })
      if ('recipe_id' in properties) rename(properties, 'recipe_id', { function: CALLED })
      delete properties.connection_overrides
    },
  })
  return { $schema, title: 'A recipe of Behalf', ...file, properties: { ...file.properties, recipe }, $defs }
}

const CALLED = {
  description: 'The name of the function it calls, in the same project and environment; null until one is chosen.',
  default: null,
  anyOf: [{ type: 'string' }, { type: 'null' }],
}

function rename(properties: Record<string, unknown>, from: string, to: Record<string, object>): void {
  delete properties[from]
  Object.assign(properties, to)
}
