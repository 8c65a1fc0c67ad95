import { isDeepStrictEqual } from 'node:util'
import type { z } from 'zod'
import type { Connection, NewConnection } from '#api/contract.ts'
import type { Page } from '../../test/support/browser.ts'
import type { BehalfSession } from './behalf-session.ts'

type ConnectionBody = z.infer<typeof Connection>

interface ParentWanted {
  dana: BehalfSession
  wanted: Omit<z.input<typeof NewConnection>, 'client_id' | 'client_secret'>
  clientSecret: string
  /** Makes the redirect URI known at the application. */
  register(redirectUri: string): Promise<void>
  /** What somebody presses on the application's pages, up to the way back. */
  connect(page: Page): Promise<Page>
}

/** Finds or makes a parent connection, sees that it points at the application's present address, and connects it when it is not. */
export async function ensureParent({ dana, wanted, clientSecret, register, connect }: ParentWanted): Promise<string> {
  const id = (await findParent(dana, wanted)) ?? (await makeParent(dana, wanted, clientSecret))
  const present = await dana.api<ConnectionBody>('GET', `/connections/${id}`)
  if (!isDeepStrictEqual(present.settings, wanted.settings)) {
    await dana.api('PATCH', `/connections/${id}`, { settings: wanted.settings })
  }
  // Every time: an application may have forgotten it, and another port is another redirect URI.
  if (present.redirect_uri) await register(present.redirect_uri)
  await connectUnlessConnected(dana, id, connect)
  return id
}

async function findParent(dana: BehalfSession, { project_id, connector, name }: ParentWanted['wanted']) {
  const query = new URLSearchParams({ project_id, connector })
  const parents = await dana.list<ConnectionBody>(`/connections?${query}`)
  return parents.find((parent) => parent.name === name)?.id
}

async function makeParent(dana: BehalfSession, wanted: ParentWanted['wanted'], clientSecret: string): Promise<string> {
  const made = { ...wanted, client_id: 'behalf', client_secret: clientSecret }
  return (await dana.api<{ id: string }>('POST', '/connections', made)).id
}

async function connectUnlessConnected(
  dana: BehalfSession,
  id: string,
  connect: ParentWanted['connect'],
): Promise<void> {
  const isConnected = async () =>
    (await dana.api<ConnectionBody>('GET', `/connections/${id}`)).authorization_status === 'success'
  if (await isConnected()) return
  const { url } = await dana.api<{ url: string }>('POST', `/connections/${id}/connect`)
  const back = await connect(await dana.browser.open(url))
  if (!(await isConnected())) throw new Error(`The connection ${id} was not connected: ${back.url} says ${back.text()}`)
}
