import type { Connector, CredentialForm, Scope } from '#connectors/connector.ts'
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

/** What people call the application: one that any application may be behind goes by the name its builder gave the connection. */
export const applicationName = (
  { label, generic }: Pick<Connector, 'label' | 'generic'>,
  parentName: string,
): string => (generic ? parentName : label)

export function describeApplication(ctx: ConnectionsContext, parent: Parent): Application {
  const connector = connectorOf(ctx, parent.connector)
  const authentication = authenticationOf(ctx, parent)
  const server = authentication.kind === 'oauth2' ? authentication.server : null
  return {
    label: applicationName(connector, parent.name),
    icon: connector.icon,
    scopes: server?.scopes ?? [],
    authorizationOrigin: server && new URL(server.authorization_endpoint).origin,
    fields: authentication.kind === 'form' ? authentication.form.fields : null,
  }
}
