import { callsIn, type Program } from './program.ts'
import type { RecipeDocument } from './recipe.ts'

/**
 * The switch of each connection a recipe names, by `connector:parent id`; by `connector::name` while no parent is chosen.
 * One parent stands under one name in a recipe, so that no two entries meet.
 */
export function switchesOf(document: RecipeDocument): Map<string, boolean> {
  return new Map(
    Object.entries(document.connections).map(([alias, { connector, connection_id, personal }]) => [
      `${connector}:${connection_id ?? `:${alias}`}`,
      personal,
    ]),
  )
}

/**
 * Whether going from one document to another changes the switch of any connection. `before` is null for a recipe's first version.
 *
 * Beyond turning it on or off, all that has the effect counts: an entry with the switch on that is new, taken out, renamed,
 * or pointed at another parent or connector. Entries with the switch off may come and go, and steps may change as they like.
 */
export function switchChanged(before: RecipeDocument | null, after: RecipeDocument): boolean {
  const [was, is] = [before === null ? [] : personalEntries(before), personalEntries(after)]
  return was.length !== is.length || was.some((entry, index) => entry !== is[index])
}

/** Every entry with the switch on, as one text each, sorted. */
function personalEntries(document: RecipeDocument): string[] {
  return Object.entries(document.connections)
    .filter(([, { personal }]) => personal)
    .map(([alias, { connector, connection_id }]) => JSON.stringify([alias, connector, connection_id]))
    .sort()
}

/**
 * Whether jobs of this program are private to the person who runs them: the switch is on for any connection, used or not, of the recipe or
 * of a function it may call, or a function uses a connection that a person delegated.
 */
export function isPrivate({ main, functions }: Program): boolean {
  return [main, ...functions.values()].some(({ document }) => hasSwitchOn(document) || hasOverrides(document))
}

/** Whether a recipe by itself has the switch on for any connection. */
export function hasSwitchOn(document: RecipeDocument): boolean {
  return Object.values(document.connections).some(({ personal }) => personal)
}

const hasOverrides = (document: RecipeDocument): boolean =>
  callsIn(document).some(({ connection_overrides }) => Object.keys(connection_overrides).length > 0)
