import pg from 'pg'
import type { Cluster } from './cluster.ts'
import { connectionString, type Endpoint } from './server.ts'

/**
 * Makes the database and the role named `behalf` at the first start. The role owns the database and may make others; it is no
 * superuser, so that whoever talks SQL through us reaches neither files nor programs. Only the server's holder may call this.
 */
export async function ensureDatabase(cluster: Cluster, endpoint: Endpoint): Promise<void> {
  const client = new pg.Client({
    connectionString: connectionString(endpoint, 'postgres', cluster.passwords.superuser, 'postgres'),
  })
  await client.connect()
  try {
    const { rows } = await client.query(`select 1 from pg_database where datname = 'behalf'`)
    if (rows.length > 0) return
    const password = pg.escapeLiteral(cluster.passwords.behalf)
    const role = await client.query(`select 1 from pg_roles where rolname = 'behalf'`)
    await client.query(`${role.rows.length > 0 ? 'alter' : 'create'} role behalf login createdb password ${password}`)
    await client.query('create database behalf owner behalf')
  } finally {
    await client.end()
  }
}
