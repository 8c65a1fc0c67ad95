import type { CredentialForm, Scope } from '#connectors/connector.ts'
import type { ConnectionsContext } from './context.ts'
import { authenticationOf, connectorOf, type Parent } from './parent.ts'

/** An application as the person who is asked sees it. */
export interface Application {
  label: string
  /** SVG; shown as an image. */
  icon: string
  /** What it will be asked for, in plain words. */
  scopes: Scope[]
  /** Where connecting sends the browser: named in the page's Content-Security-Policy. Null where a form of our own connects. */
  authorizationOrigin: string | null
  /** The fields a person fills in where there is no OAuth; null where there is. */
  fields: CredentialForm['fields'] | null
}

export function describeApplication(ctx: ConnectionsContext, parent: Parent): Application {
  const { label, icon } = connectorOf(ctx, parent.connector)
  const authentication = authenticationOf(ctx, parent)
  const server = authentication.kind === 'oauth2' ? authentication.server : null
  return {
    label,
    icon,
    scopes: server?.scopes ?? [],
    authorizationOrigin: server && new URL(server.authorization_endpoint).origin,
    fields: authentication.kind === 'form' ? authentication.form.fields : null,
  }
}
