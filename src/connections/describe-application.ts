import type { Scope } from '#connectors/connector.ts'
import type { ConnectionsContext } from './context.ts'
import { connectorOf, oauthServerOf, type Parent } from './parent.ts'

/** An application as the person who is asked sees it. */
export interface Application {
  label: string
  /** SVG; shown as an image. */
  icon: string
  /** What it will be asked for, in plain words. */
  scopes: Scope[]
  /** What the named actions do in the person's place: "create records as you". */
  actions: string[]
  /** Where connecting sends the browser: named in the page's Content-Security-Policy. */
  authorizationOrigin: string
}

export function describeApplication(ctx: ConnectionsContext, parent: Parent, actionNames: string[]): Application {
  const { label, icon, actions } = connectorOf(ctx, parent.connector)
  const server = oauthServerOf(ctx, parent)
  return {
    label,
    icon,
    scopes: server.scopes,
    actions: actions.filter(({ name }) => actionNames.includes(name)).map(({ consentText }) => consentText),
    authorizationOrigin: new URL(server.authorization_endpoint).origin,
  }
}
