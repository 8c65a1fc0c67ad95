import type { ConnectionsContext } from '../../src/connections/context.ts'
import type { Planted } from './planted.ts'

/** Names of what a token endpoint is sent and answers, and may never be seen anywhere else. */
const SECRET_FIELDS = [
  'access_token',
  'refresh_token',
  'id_token',
  'client_secret',
  'code',
  'code_verifier',
  'token',
  'signature',
]

/** Notes, from now on, every credential that this server sends to an application or is given by one. */
export function overhear(ctx: Pick<ConnectionsContext, 'egress'>): Planted[] {
  const heard = new Map<string, Planted>()
  const list: Planted[] = []
  const hear = (what: string, value: unknown) => {
    if (typeof value !== 'string' || value === '' || heard.has(value)) return
    heard.set(value, { what, value })
    list.push({ what, value })
  }
  const hearFields = (entries: Iterable<[string, unknown]>) => {
    for (const [name, value] of entries) if (SECRET_FIELDS.includes(name)) hear(name, value)
  }
  const { egress } = ctx
  ctx.egress = async (request) => {
    const [scheme, credential] = (request.headers?.authorization ?? '').split(' ')
    hear(`${scheme} credential`, credential)
    const form = request.headers?.['content-type']?.includes('form-urlencoded')
    if (form) hearFields(new URLSearchParams(request.body))
    const answer = await egress(request)
    if (form && answer.body.startsWith('{')) hearFields(Object.entries(JSON.parse(answer.body)))
    return answer
  }
  return list
}
