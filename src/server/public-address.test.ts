import { describe, expect, it } from 'vitest'
import { isPublicAddress } from './public-address.ts'

describe('isPublicAddress', () => {
  it.each([
    '8.8.8.8',
    '1.1.1.1',
    '172.15.255.255',
    '172.32.0.1',
    '100.63.255.255',
    '100.128.0.0',
    '168.63.129.17',
    '223.255.255.255',
  ])('takes the public IPv4 address %s', (address) => expect(isPublicAddress(address)).toBe(true))

  it.each(['2606:4700:4700::1111', '2a00:1450:4001::1', '2001:4860:4860::8888', '2001:200::1', '2003::1'])(
    'takes the public IPv6 address %s',
    (address) => expect(isPublicAddress(address)).toBe(true),
  )

  it.each([
    ...[
      '0.0.0.0',
      '0.1.2.3',
      '127.0.0.1',
      '127.255.255.254',
      '10.0.0.1',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.0.1',
    ],
    ...['169.254.169.254', '168.63.129.16', '100.64.0.1', '100.127.255.255', '100.100.100.200', '192.0.0.192'],
    ...['192.0.2.1', '198.51.100.1', '203.0.113.1', '198.18.0.1', '198.19.255.255', '192.88.99.1'],
    ...['224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255'],
  ])('refuses the special IPv4 address %s', (address) => expect(isPublicAddress(address)).toBe(false))

  it.each([
    ...['::', '::1', '::127.0.0.1', 'fe80::1', 'febf::1', 'fec0::1', 'fc00::1', 'fd00:ec2::254', 'ff02::1', '100::1'],
    ...['::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:8.8.8.8', '0:0:0:0:0:ffff:a00:1', '::ffff:0:127.0.0.1'],
    ...['64:ff9b::7f00:1', '64:ff9b::8.8.8.8', '64:ff9b:1::1', '2002:7f00:1::', '2002:808:808::'],
    ...['2001::1', '2001:0:4136:e378::', '2001:10::1', '2001:1ff::1', '2001:db8::1', '3fff::1', '5f00::1', '4000::1'],
  ])('refuses the special IPv6 address %s', (address) => expect(isPublicAddress(address)).toBe(false))

  it.each(['fe80::1%eth0', '2606:4700::1%eth0', 'localhost', 'example.com', '', '8.8.8.8:53', '08.8.8.8'])(
    'refuses %s, which is no plain address',
    (address) => expect(isPublicAddress(address)).toBe(false),
  )
})
