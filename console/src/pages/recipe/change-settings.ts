import { asDocument, type RecipeConnection } from '../../recipe/document.ts'

/** What the settings of a recipe change of its document. */
export interface Draft {
  connections: Record<string, RecipeConnection>
  /** Null: no limit. */
  atOnce: number | null
}

/** The document with these settings; everything else in it stays. */
export function documentOf(document: Record<string, unknown>, { connections, atOnce }: Draft): Record<string, unknown> {
  const { settings: { at_once: _, ...others } = {} } = asDocument(document)
  const settings = atOnce === null ? others : { ...others, at_once: atOnce }
  const { settings: __, ...rest } = document
  return { ...rest, connections, ...(Object.keys(settings).length > 0 && { settings }) }
}

/** The version's comment: what was changed, in words. */
export function describeChange(before: Draft, after: Draft): string {
  const said = Object.entries(after.connections).flatMap(([alias, { personal, connection_id }]) => {
    const was = before.connections[alias]
    return [
      (was?.personal ?? false) === (personal ?? false)
        ? []
        : [`${alias}: uses ${personal ? 'the account of the person who runs it' : 'the connection’s own account'}`],
      (was?.connection_id ?? null) === (connection_id ?? null) ? [] : [`${alias}: another connection`],
    ].flat()
  })
  const limit = after.atOnce === null ? 'no limit of jobs at once' : `jobs at once: ${after.atOnce}`
  return [...said, ...(before.atOnce === after.atOnce ? [] : [limit])].join('; ').slice(0, 500)
}
