import { z } from 'zod'

const FORMAT = 'behalf-recipe/1'

/** How a connection is named in a file: not by its id, which means nothing elsewhere. */
const ExportedConnection = z.strictObject({
  connector: z.string(),
  /** Its parent's name; null when none was chosen. */
  connection: z.strictObject({ connector: z.string(), name: z.string() }).nullable().default(null),
  personal: z.boolean().default(false),
})

/** A recipe as one file. It holds no id, no secret and nobody's own connection; the rest of `recipe` is a recipe's document. */
export const ExportedRecipe = z.strictObject({
  format: z.literal(FORMAT),
  recipe: z.looseObject({ connections: z.record(z.string(), ExportedConnection).default({}) }),
})
export type ExportedRecipe = z.infer<typeof ExportedRecipe>
