import { bindRequest } from '../../src/connections/request.ts'
import type { BoundRequest, Connector } from '../../src/connectors/connector.ts'
import { Secret } from '../../src/core/secret.ts'
import { makeEgress } from '../../src/server/egress.ts'

const settingsOf = new WeakMap<BoundRequest, unknown>()

/** A request bound to one token at a connector set up for a server on loopback. */
export function boundTo(
  connector: Connector,
  {
    settings,
    tokenResponse = {},
    token,
  }: { settings: unknown; tokenResponse?: Record<string, unknown>; token: string },
): BoundRequest {
  const parsed = connector.settings.parse(settings)
  const baseUrl = connector.baseUrl(parsed, tokenResponse)
  const request = bindRequest({
    egress: makeEgress({ allowedPrivateHosts: [baseUrl.host] }),
    connector,
    baseUrl,
    origins: connector.origins(parsed),
    settings: parsed,
    credential: () => ({ connectedBy: 'oauth2', accessToken: new Secret(token) }),
    beforeEach: async () => undefined,
    onUnauthorized: async () => false,
  })
  settingsOf.set(request, parsed)
  return request
}

/** Runs an action of a connector as a job does: its input is parsed, and so is its output. */
export async function runAction(
  connector: Connector,
  name: string,
  input: unknown,
  request: BoundRequest,
): Promise<Record<string, unknown>> {
  const action = connector.actions.find((each) => each.name === name)
  if (!action) throw new Error(`${connector.name} has no action ${name}`)
  const call = { request, settings: settingsOf.get(request), idempotencyKey: 'key' }
  const output = await action.run({ ...call, input: action.input.parse(input) })
  return action.output.parse(output) as Record<string, unknown>
}
