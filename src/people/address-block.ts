import { isIPv4, isIPv6 } from 'node:net'

/**
 * What one network address counts as in a rate limit: an IPv4 address itself, also written as IPv6 (`::ffff:192.0.2.1`),
 * and of an IPv6 address its /64, because whoever has one address of that block has all 2^64. `unknown` otherwise.
 */
export function addressBlock(ip: string): string {
  const mapped = ip.toLowerCase().replace(/^::ffff:(?=\d+\.)/, '')
  if (isIPv4(mapped)) return mapped
  if (!isIPv6(mapped)) return 'unknown'
  const plain = mapped.replace(/%.*$/, '')
  // The URL parser writes every IPv6 address in its one canonical form (RFC 5952).
  const [head = '', tail] = new URL(`http://[${plain}]`).hostname.slice(1, -1).split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail ? tail.split(':') : []
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length
  const groups = [...left, ...Array<string>(zeros).fill('0'), ...right]
  return `${groups.slice(0, 4).join(':')}::/64`
}
