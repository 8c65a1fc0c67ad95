import { describe, expect, it } from 'vitest'
import { readInstanceUrl } from './instance-url.ts'
import { type Settings, settings } from './settings.ts'

const custom = (custom_domain: string): Settings => settings.parse({ environment: 'custom', custom_domain })
const production = settings.parse({})

describe('the instance a token response names', () => {
  it.each([
    'https://acme.my.salesforce.com',
    'https://acme--dev.sandbox.my.salesforce.com/',
    'https://eu5.salesforce.com/services/data',
    'https://acme.my.salesforce.mil',
    'https://ACME.my.salesforce.com:443',
  ])('%s is taken, as an origin', (instance_url) => {
    for (const of of [production, custom('https://acme.my.salesforce.com')])
      expect(readInstanceUrl(of, { instance_url }).href).toBe(`${new URL(instance_url).origin}/`)
  })

  it.each([
    ...[
      'https://evil.test',
      'http://acme.my.salesforce.com',
      'https://salesforce.com.evil.test',
      'https://evilsalesforce.com',
    ],
    ...[
      'https://acme.my.salesforce.com:8443',
      'https://a:b@acme.my.salesforce.com',
      'https://acme.my.salesforce.com@evil.test',
    ],
    ...[
      'https://evil.force.com',
      'https://evil.my.site.com',
      'https://127.0.0.1',
      'https://salesforce.com',
      '//x.salesforce.com',
    ],
    ...[
      'ftp://acme.my.salesforce.com',
      'javascript:alert(1)',
      '',
      'acme.my.salesforce.com',
      undefined,
      null,
      5,
      ['https://a.salesforce.com'],
    ],
  ])('%j is refused', (instance_url) => {
    for (const of of [production, custom('https://acme.my.salesforce.com')])
      expect(() => readInstanceUrl(of, { instance_url })).toThrow(
        expect.objectContaining({ code: 'instance_url_refused', retryable: false }),
      )
  })

  it('must be the custom domain itself when that is not Salesforce’s', () => {
    const emulated = custom('http://127.0.0.1:7201')
    expect(readInstanceUrl(emulated, { instance_url: 'http://127.0.0.1:7201' }).href).toBe('http://127.0.0.1:7201/')
    for (const instance_url of [
      'https://acme.my.salesforce.com',
      'http://127.0.0.1:7202',
      'https://127.0.0.1:7201',
      undefined,
    ])
      expect(() => readInstanceUrl(emulated, { instance_url })).toThrow(/not Salesforce/)
  })
})
