import { promises as dns } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { getCACertificates } from 'node:tls'
import { buildConnector } from 'undici'
import { OutsideError } from '#core/errors.ts'
import { isPublicAddress } from './public-address.ts'

/** All addresses of a name. */
export type Lookup = (name: string) => Promise<{ address: string; family: number }[]>

/** The system's resolver, `/etc/hosts` included. */
export const systemLookup: Lookup = (name) => dns.lookup(name, { all: true, order: 'verbatim' })

interface ConnectorOptions {
  /** Whether this `host:port` may have a private address. */
  isAllowed(hostAndPort: string): boolean
  lookup: Lookup
  certificateAuthorities: string[]
}

/**
 * Opens connections, and only to addresses that were checked: a name is looked up once per connection, every address of
 * the answer is checked, and those very addresses are connected to. A second look-up, in which a hostile name server
 * could answer differently (DNS rebinding), never happens.
 */
export function makeConnector({
  isAllowed,
  lookup,
  certificateAuthorities,
}: ConnectorOptions): buildConnector.connector {
  const options = {
    // why: HTTP/1.1 alone, so that one slow answer never shares its connection with another request.
    allowH2: false,
    timeout: 10_000,
    ...(certificateAuthorities.length > 0 && { ca: [...getCACertificates('default'), ...certificateAuthorities] }),
  }
  const anywhere = buildConnector({ ...options, lookup: pinned(lookup, () => true) })
  const publicOnly = buildConnector({ ...options, lookup: pinned(lookup, isPublicAddress) })
  return (target, callback) => {
    const port = target.port || (target.protocol === 'https:' ? '443' : '80')
    if (isAllowed(`${target.hostname}:${port}`)) return anywhere(target, callback)
    // An address in the URL is never looked up, so it is checked here.
    if (isIP(target.hostname) && !isPublicAddress(target.hostname))
      return callback(privateAddress(target.hostname), null)
    publicOnly(target, callback)
  }
}

/** A look-up for `net.connect` that answers with checked addresses or fails. One bad address among good ones is a failure: no honest name has both. */
function pinned(lookup: Lookup, isAcceptable: (address: string) => boolean): LookupFunction {
  return (name, options, callback) => {
    lookup(name).then(
      (addresses) => {
        const [first] = addresses
        if (!first) return callback(Object.assign(new Error('no address'), { code: 'ENOTFOUND' }), '')
        if (!addresses.every(({ address }) => isAcceptable(address))) return callback(privateAddress(name), '')
        if (options.all) callback(null, addresses)
        else callback(null, first.address, first.family)
      },
      (error) => callback(error, ''),
    )
  }
}

function privateAddress(host: string): OutsideError {
  return new OutsideError(
    'egress_refused',
    `${host} has a private or special address, which is not on the allow-list.`,
    {
      retryable: false,
      details: { host },
    },
  )
}
