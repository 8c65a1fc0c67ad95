import type { ConnectionsContext } from './context.ts'

/**
 * How many connections were set up when this server had another address, so that the redirect URIs registered for them lead nowhere.
 * Said in the log at each start; the console says it on each connection's page.
 */
export async function countMovedRedirectUris({
  db,
  publicUrl,
}: Pick<ConnectionsContext, 'db' | 'publicUrl'>): Promise<number> {
  const { count } = await db
    .selectFrom('connections')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('parent_id', 'is', null)
    .where('deleted_at', 'is', null)
    .where('public_origin', '<>', publicUrl.origin)
    .executeTakeFirstOrThrow()
  return Number(count)
}
