import { lookup as systemLookup } from 'node:dns'
import { isIP, type LookupFunction, Socket } from 'node:net'

/**
 * Loaded before every test file: a test that reaches for the world outside this machine fails, saying where it went.
 * Unix sockets, loopback addresses, `localhost` and names that resolve to loopback by a resolver of the test's own are let through.
 */
const GUARDED = Symbol.for('behalf: nothing goes out')
const connect = Socket.prototype.connect

// why: files of one worker share the prototype, and each loads this anew.
if (!(GUARDED in connect)) Socket.prototype.connect = Object.assign(guarded, { [GUARDED]: true }) as typeof connect

function guarded(this: Socket, ...args: unknown[]) {
  // net.connect() hands over its normalised arguments as one array, everybody else the arguments themselves.
  const options = target(Array.isArray(args[0]) ? args[0] : args)
  if (options?.host !== undefined && !isLoopback(options.host)) {
    const resolver = options.lookup
    if (isIP(options.host) || !resolver || resolver === systemLookup) throw refused(options.host, options.port)
    options.lookup = checked(resolver, options.port)
  }
  return connect.apply(this, args as never)
}

interface Target {
  host?: string
  port?: unknown
  lookup?: LookupFunction
}

function target(args: unknown[]): Target | undefined {
  const [first, second] = args
  if (typeof first === 'object' && first !== null) return 'path' in first && first.path ? undefined : (first as Target)
  if (typeof first === 'number' || /^\d+$/.test(String(first))) {
    return { host: typeof second === 'string' ? second : undefined, port: first }
  }
  return undefined
}

function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$/g, '')
  return name === '' || name === 'localhost' || name === '::1' || /^(::ffff:)?127\.\d+\.\d+\.\d+$/.test(name)
}

/** The test's own resolver decides where a name leads: what it says is checked like an address. */
function checked(resolver: LookupFunction, port: unknown): LookupFunction {
  return (hostname, options, callback) =>
    resolver(hostname, options, (error, address, family) => {
      const found = Array.isArray(address) ? address.map((one) => one.address) : [address]
      const stranger = error ? undefined : found.find((one) => !isLoopback(one))
      if (stranger !== undefined) callback(refused(stranger, port), '')
      else callback(error, address, family)
    })
}

function refused(host: string, port: unknown): Error {
  return new Error(`A test tried to connect to ${host}:${port}. Tests speak with loopback only: start a server there.`)
}
