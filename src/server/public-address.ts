import { BlockList, isIP } from 'node:net'

/**
 * Whether an IP address belongs to the public internet. Everything that is special is not: this machine, private and
 * link-local networks (cloud metadata among them), carrier-grade NAT, multicast, documentation, tunnels that carry an
 * IPv4 address inside an IPv6 one, and whatever is no plain address at all (a name, a zone such as `fe80::1%eth0`).
 * https://www.iana.org/assignments/iana-ipv4-special-registry https://www.iana.org/assignments/iana-ipv6-special-registry
 */
export function isPublicAddress(address: string): boolean {
  if (address.includes('%')) return false
  const family = isIP(address)
  if (family === 4) return !SPECIAL.check(address, 'ipv4')
  // why: of IPv6 only 2000::/3 is handed out, so that mapped (::ffff:0:0/96), NAT64 (64:ff9b::/96), unique-local, link-local
  // and multicast addresses are refused by not being in it, and so is every block that IANA opens later.
  if (family === 6) return GLOBAL_UNICAST.check(address, 'ipv6') && !SPECIAL.check(address, 'ipv6')
  return false
}

const GLOBAL_UNICAST = new BlockList()
GLOBAL_UNICAST.addSubnet('2000::', 3, 'ipv6')

const SPECIAL = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8], // "this network"; 0.0.0.0 reaches this machine
  ['10.0.0.0', 8],
  ['100.64.0.0', 10], // carrier-grade NAT
  ['127.0.0.0', 8],
  ['168.63.129.16', 32], // Azure's metadata and DNS, though in a public block
  ['169.254.0.0', 16], // link-local, with the metadata of most clouds
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24], // documentation
  ['192.88.99.0', 24], // 6to4 relays
  ['192.168.0.0', 16],
  ['198.18.0.0', 15], // benchmarks
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, and broadcast
] as const)
  SPECIAL.addSubnet(network, prefix, 'ipv4')
for (const [network, prefix] of [
  ['2001::', 23], // protocol assignments: Teredo, ORCHID, benchmarks
  ['2001:db8::', 32], // documentation
  ['2002::', 16], // 6to4: an IPv4 address inside
  ['3fff::', 20], // documentation
] as const)
  SPECIAL.addSubnet(network, prefix, 'ipv6')
