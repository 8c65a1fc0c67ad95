import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { resolveActionUrl } from '../../src/connections/action-url.ts'
import type {
  Action,
  ActionRequest,
  ActionResponse,
  Authentication,
  Connector,
  Credential,
} from '../../src/connectors/connector.ts'
import { OutsideError } from '../../src/core/errors.ts'

/** A token response that names every kind of instance a connector here may ask for. */
const TOKEN_RESPONSE = { access_token: 'x', instance_url: 'https://acme.my.salesforce.com' }
const GARBAGE = [
  null,
  undefined,
  '',
  'text',
  0,
  true,
  [],
  {},
  [null],
  [[]],
  [{}],
  { error: {} },
  { message: 5, errors: 'x' },
]

/** Every way a connector says it can be set up: with its defaults, or as its own examples where some settings have none. */
function setUpsOf(connector: Connector) {
  const examples = (connector.settings.meta()?.examples ?? [{}]) as Record<string, unknown>[]
  return examples.map((given) => ({
    title: `set up with ${JSON.stringify(given)}`,
    connector,
    given,
    settings: connector.settings.parse(given),
  }))
}

/** What every connector must do. `folder` is the address of its folder, with a slash at its end. */
export async function testConnector(folder: URL): Promise<void> {
  const { connector }: { connector: Connector } = await import(new URL('index.ts', folder).href)
  describe(basename(folder.pathname), () => {
    testDefinition(folder, connector)
    describe.each(setUpsOf(connector))('$title', testSetUp)
  })
}

function testDefinition(folder: URL, connector: Connector): void {
  it('is named as its folder, and has a label, instructions and actions', () => {
    expect(connector.name).toBe(basename(folder.pathname))
    expect(connector.label.trim()).not.toBe('')
    expect(existsSync(new URL('README.md', folder))).toBe(true)
    expect(connector.actions.length).toBeGreaterThan(0)
    const names = connector.actions.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
  })

  it('has an icon that is inert', () => {
    expect(connector.icon).toMatch(/^<svg [^>]*viewBox="0 0 24 24"[^>]*>.*<\/svg>$/s)
    expect(connector.icon.length).toBeLessThan(4096)
    const elements = [...connector.icon.matchAll(/<([a-z!?][^\s/>]*)/gi)].map(([, name]) => name)
    expect(['svg', 'g', 'path', 'circle', 'rect', 'ellipse', 'line', 'polygon', 'polyline']).toEqual(
      expect.arrayContaining(elements),
    )
    expect(connector.icon).not.toMatch(/\son[a-z]+\s*=|href|url\(|style|javascript:|&/i)
  })

  it('has settings that a form can show, with defaults or examples', () => {
    const schema = z.toJSONSchema(connector.settings, { io: 'input' })
    expect(schema).toMatchObject({ type: 'object', additionalProperties: false })
    for (const property of Object.values(schema.properties ?? {})) {
      expect(property).toMatchObject({ title: expect.stringMatching(/./), description: expect.stringMatching(/./) })
      expect(['string', 'boolean']).toContain((property as { type: string }).type)
    }
    // Only where there is nothing to start from may examples take the place of defaults.
    expect(connector.settings.safeParse({}).success).toBe(connector.settings.meta()?.examples === undefined)
    expect(setUpsOf(connector).length).toBeGreaterThan(0)
  })

  it('has presets that fit its settings, once their parts are filled in', () => {
    const { presets = [] } = connector
    expect(new Set(presets.map(({ name }) => name)).size).toBe(presets.length)
    for (const { name, label, settings, parts } of presets) {
      expect([name, label].join()).toMatch(/\S,\S/)
      const text = JSON.stringify(settings)
      for (const part of parts) expect(text).toContain(`{${part}}`)
      const filled = JSON.parse(parts.reduce((whole, part) => whole.replaceAll(`{${part}}`, 'acme.test'), text))
      for (const [key, value] of Object.entries(filled)) {
        const problems = connector.settings.safeParse({ [key]: value }).error?.issues ?? []
        expect(problems.filter(({ path, code }) => path[0] === key || code === 'unrecognized_keys')).toEqual([])
      }
    }
  })

  it.each([
    [400, 'outside_invalid_input', false],
    [401, 'outside_unauthorized', false],
    [403, 'outside_forbidden', false],
    [404, 'outside_not_found', false],
    [409, 'outside_conflict', false],
    [418, 'outside_refused', false],
    [422, 'outside_invalid_input', false],
    [429, 'outside_rate_limited', true],
    [500, 'outside_unavailable', true],
    [503, 'outside_unavailable', true],
  ])('reads an error of %i as %s, whatever the body is', (status, code, retryable) => {
    for (const json of GARBAGE) {
      const error = connector.readError({ url: 'https://acme.test/', status, headers: new Headers(), json, text: '' })
      expect(error).toBeInstanceOf(OutsideError)
      expect(error).toMatchObject({ code, retryable, httpStatus: status })
      expect(error.message).toContain(connector.label)
    }
  })

  it('carries Retry-After', () => {
    const headers = new Headers({ 'retry-after': '9' })
    expect(
      connector.readError({ url: 'https://acme.test/', status: 429, headers, json: null, text: '' }).retryAfterMs,
    ).toBe(9000)
  })

  it('has actions that say what they are', () => {
    for (const action of connector.actions) {
      expect(action.name).toMatch(/^[a-z]+(_[a-z]+)*$/)
      expect(action.label).toMatch(/^[A-Z]/)
      expect(action.description).toMatch(/^[A-Z].*\.$/)
      // Completes "It will …".
      expect(action.consentText).toMatch(/^[a-z].*[^.]$/)
      expect(typeof action.idempotent).toBe('boolean')
    }
  })

  it('has actions whose input and output are objects with a JSON Schema, and that refuse unknown input', () => {
    for (const action of connector.actions) {
      expect(z.toJSONSchema(action.input, { io: 'input' })).toMatchObject({
        type: 'object',
        additionalProperties: false,
      })
      expect(z.toJSONSchema(action.output)).toMatchObject({ type: 'object' })
      expect(examplesOf(action).length).toBeGreaterThan(0)
      for (const example of examplesOf(action)) expect(action.input.safeParse(example).error).toBeUndefined()
    }
  })
}

function testSetUp({ connector, given, settings }: ReturnType<typeof setUpsOf>[number]): void {
  const authentication = connector.authentication(settings)
  const base = connector.baseUrl(settings, TOKEN_RESPONSE)

  it('refuses settings that it does not know', () =>
    expect(connector.settings.safeParse({ ...given, unknown: 1 }).success).toBe(false))

  it('speaks over https, at endpoints that belong together', () => {
    const urls = [base.href, ...connector.origins(settings)]
    if (authentication.kind === 'form') urls.push(authentication.form.identity.url)
    else {
      const { authorization_endpoint, token_endpoint, revocation, identity, issuer } = authentication.server
      const revocationUrl = revocation?.style === 'rfc7009' ? revocation.endpoint : revocation?.url
      urls.push(authorization_endpoint, token_endpoint, identity.url, revocationUrl ?? token_endpoint)
      // One site, unless the callback's `iss` tells whose answer it is (RFC 9207).
      if (issuer === null) expect(siteOf(token_endpoint)).toBe(siteOf(authorization_endpoint))
      else expect(new URL(issuer).origin).toBe(new URL(authorization_endpoint).origin)
    }
    for (const url of urls) expect(new URL(url)).toMatchObject({ protocol: 'https:', username: '', hash: '' })
    for (const origin of connector.origins(settings)) expect(new URL(origin).origin).toBe(origin)
  })

  it('says in plain words what it asks for', () => {
    if (authentication.kind === 'form') {
      for (const { name, label, hint } of authentication.form.fields) {
        expect(name).toMatch(/^[a-z]+(_[a-z]+)*$/)
        expect(label).toMatch(/^[A-Z]/)
        expect(hint).toMatch(/^[A-Z].*\.$/)
      }
      return
    }
    expect(authentication.server.scopes.length).toBeGreaterThan(0)
    for (const { name, description } of authentication.server.scopes) {
      expect(name).toMatch(/^\S+$/)
      expect(description).toMatch(/^[A-Z].*[^.]$/)
    }
  })

  it('puts a token into headers alone, and all of what was typed into the request', () => {
    const { credential, parts } = plantedCredential(authentication)
    const { headers, query } = connector.authorize(credential, settings)
    if (authentication.kind === 'oauth2') expect(query).toEqual({})
    for (const name of Object.keys(headers)) expect(name).toBe(name.toLowerCase())
    const sent = [...Object.values(headers), ...Object.values(query)]
    const read = sent.flatMap((value) => [value, Buffer.from(value.split(' ').at(-1) ?? '', 'base64').toString()])
    for (const part of parts) expect(read.join()).toContain(part)
  })

  it('refuses to read an account from garbage', () => {
    // Where nobody signs in there is no account to be told apart from another.
    if (authentication.kind === 'form' && authentication.form.fields.length === 0) return
    for (const identity of GARBAGE) {
      const read = () => connector.readAccount(identity, { settings, shown: {} })
      expect(read).toThrow(OutsideError)
      expect(read).toThrow(expect.objectContaining({ code: 'outside_malformed', retryable: false }))
    }
  })

  it('has actions that stay below the base URL or at a declared origin, whatever text they are given', async () => {
    const origins = connector.origins(settings)
    for (const action of connector.actions) {
      const requests = await requestsOf(
        action,
        settings,
        HOSTILE.flatMap((text) => variantsOf(examplesOf(action)[0], text)),
      )
      for (const { url, query, headers = {} } of requests) {
        const asked = { url, query, baseUrl: base, origins }
        const href = action.recipient === 'url' ? leadsTo(asked) : resolveActionUrl(asked).href
        const places = [base.href, ...origins.map((origin) => `${origin}/`)]
        expect(places.some((place) => (href ?? place).startsWith(place))).toBe(true)
        expect(Object.keys(headers).map((name) => name.toLowerCase())).not.toContain('authorization')
      }
    }
  })

  it('has actions that say so when an answer is not what they expect', async () => {
    for (const action of connector.actions) {
      for (const json of GARBAGE) {
        const outcome = await run({ action, settings, input: examplesOf(action)[0], json: json ?? null })
        if (outcome instanceof Error) expect(outcome).toMatchObject({ name: 'OutsideError', code: 'outside_malformed' })
        else expect(action.output.safeParse(outcome).error).toBeUndefined()
      }
    }
  })
}

/** `linear.app` of `https://api.linear.app/oauth/token`. */
const siteOf = (url: string): string => new URL(url).hostname.split('.').slice(-2).join('.')

const HOSTILE = [
  ...[
    '../../admin',
    '..',
    '.',
    '%2e%2e',
    'https://evil.test/',
    '//evil.test/',
    '/evil',
    '\\evil',
    '@evil.test',
    'a/../b',
  ],
  ...['a/..', '../..', 'acme/..', 'acme/%2e%2e', 'acme/x?y=1', 'acme/x#y', 'a\nb', 'x y', '', "'", '0061', '__proto__'],
]

/** Where an address that a builder wrote leads; undefined where the builder of requests refuses it. */
function leadsTo(asked: Parameters<typeof resolveActionUrl>[0]): string | undefined {
  try {
    return resolveActionUrl(asked).href
  } catch (error) {
    expect(error).toMatchObject({ code: expect.stringMatching(/^(origin|request)_refused$/), retryable: false })
    return undefined
  }
}

function plantedCredential(authentication: Authentication): { credential: Credential; parts: string[] } {
  if (authentication.kind === 'oauth2')
    return { credential: { kind: 'oauth2', accessToken: 'the-token' }, parts: ['the-token'] }
  const values = Object.fromEntries(authentication.form.fields.map(({ name }) => [name, `planted-${name}`]))
  return { credential: { kind: 'form', values }, parts: Object.values(values) }
}

function examplesOf(action: Action): Record<string, unknown>[] {
  return (action.input.meta()?.examples ?? []) as Record<string, unknown>[]
}

/** The example with each of its texts, lists' and records' included, replaced by `text` in turn; record keys too. */
function variantsOf(value: unknown, text: string): unknown[] {
  if (typeof value === 'string') return [text]
  if (Array.isArray(value)) return value.flatMap((item, i) => variantsOf(item, text).map((each) => value.with(i, each)))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => [
    ...variantsOf(inner, text).map((each) => ({ ...value, [name]: each })),
    { ...value, [text]: inner },
  ])
}

async function requestsOf(action: Action, settings: unknown, inputs: unknown[]): Promise<ActionRequest[]> {
  const requests: ActionRequest[] = []
  // The example itself first: an action that never asks for anything would pass for a careful one.
  await run({ action, settings, input: examplesOf(action)[0], json: null, requests })
  expect(requests.length).toBeGreaterThan(0)
  for (const input of inputs)
    if (action.input.safeParse(input).success) await run({ action, settings, input, json: null, requests })
  return requests
}

interface Trial {
  action: Action
  settings: unknown
  input: unknown
  json: unknown
  requests?: ActionRequest[]
}

/** The output, or the error, of one run whose every request is answered with `json`. */
async function run({ action, settings, input, json, requests = [] }: Trial): Promise<unknown> {
  const request = async (asked: ActionRequest): Promise<ActionResponse> => {
    requests.push(asked)
    const answer = { url: 'https://acme.test/', status: 200, headers: new Headers(), json, text: '' }
    const refusal = asked.readRefusal?.(answer)
    if (refusal) throw refusal
    return answer
  }
  try {
    return await action.run({ input: action.input.parse(input), request, settings, idempotencyKey: 'key' })
  } catch (error) {
    return error
  }
}
