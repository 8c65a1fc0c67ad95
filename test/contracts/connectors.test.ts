import { existsSync, readdirSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { resolveActionUrl } from '../../src/connections/action-url.ts'
import type { Action, ActionRequest, ActionResponse, Connector } from '../../src/connectors/connector.ts'
import { OutsideError } from '../../src/core/errors.ts'

const HOME = new URL('../../src/connectors/', import.meta.url)
const folders = readdirSync(HOME, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? entry.name : []))

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

describe.each(folders)('%s', (folder) => {
  let connector: Connector
  let defaults: unknown
  beforeAll(async () => {
    connector = (await import(new URL(`${folder}/index.ts`, HOME).href)).connector
    defaults = connector.settings.parse({})
  })

  it('is named as its folder, and has a label, instructions and actions', () => {
    expect(connector.name).toBe(folder)
    expect(connector.label.trim()).not.toBe('')
    expect(existsSync(new URL(`${folder}/README.md`, HOME))).toBe(true)
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

  it('has settings with defaults that a form can show', () => {
    const schema = z.toJSONSchema(connector.settings, { io: 'input' })
    expect(schema).toMatchObject({ type: 'object', additionalProperties: false })
    for (const property of Object.values(schema.properties ?? {})) {
      expect(property).toMatchObject({ title: expect.stringMatching(/./), description: expect.stringMatching(/./) })
      expect(['string', 'boolean']).toContain((property as { type: string }).type)
    }
    expect(connector.settings.safeParse({ unknown: 1 }).success).toBe(false)
  })

  it('speaks OAuth over https at endpoints that belong together', () => {
    const authentication = connector.authentication(defaults)
    if (authentication.kind !== 'oauth2') return
    const { server } = authentication
    const { authorization_endpoint, token_endpoint, revocation, identity } = server
    const revocationUrl = revocation?.style === 'rfc7009' ? revocation.endpoint : revocation?.url
    const base = connector.baseUrl(defaults, TOKEN_RESPONSE)
    for (const url of [
      authorization_endpoint,
      token_endpoint,
      identity.url,
      revocationUrl ?? token_endpoint,
      base.href,
    ])
      expect(new URL(url)).toMatchObject({ protocol: 'https:', username: '', hash: '' })
    // One site, unless the callback's `iss` tells whose answer it is (RFC 9207).
    if (server.issuer === null) expect(siteOf(token_endpoint)).toBe(siteOf(authorization_endpoint))
    else expect(new URL(server.issuer).origin).toBe(new URL(authorization_endpoint).origin)
    for (const origin of connector.origins(defaults)) expect(new URL(origin).origin).toBe(origin)
    expect(server.scopes.length).toBeGreaterThan(0)
    for (const { name, description } of server.scopes) {
      expect(name).toMatch(/^\S+$/)
      expect(description).toMatch(/^[A-Z].*[^.]$/)
    }
  })

  it('puts the token into headers alone', () => {
    const { headers } = connector.authorize({ kind: 'oauth2', accessToken: 'the-token' }, defaults)
    expect(Object.values(headers).join()).toContain('the-token')
    for (const name of Object.keys(headers)) expect(name).toBe(name.toLowerCase())
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

  it('refuses to read an account from garbage', () => {
    for (const identity of GARBAGE) {
      expect(() => connector.readAccount(identity, { settings: defaults, shown: {} })).toThrow(OutsideError)
      expect(() => connector.readAccount(identity, { settings: defaults, shown: {} })).toThrow(
        expect.objectContaining({ code: 'outside_malformed', retryable: false }),
      )
    }
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

  it('has actions that stay below the base URL or at a declared origin, whatever text they are given', async () => {
    const baseUrl = connector.baseUrl(defaults, TOKEN_RESPONSE)
    const origins = connector.origins(defaults)
    for (const action of connector.actions) {
      const requests = await requestsOf(
        action,
        defaults,
        HOSTILE.flatMap((text) => variantsOf(examplesOf(action)[0], text)),
      )
      for (const { url, query, headers = {} } of requests) {
        const { href } = resolveActionUrl({ url, query, baseUrl, origins })
        expect([baseUrl.href, ...origins.map((origin) => `${origin}/`)].some((place) => href.startsWith(place))).toBe(
          true,
        )
        expect(Object.keys(headers).map((name) => name.toLowerCase())).not.toContain('authorization')
      }
    }
  })

  it('has actions that say so when an answer is not what they expect', async () => {
    for (const action of connector.actions) {
      for (const json of GARBAGE) {
        const outcome = await run({ action, settings: defaults, input: examplesOf(action)[0], json: json ?? null })
        if (outcome instanceof Error) expect(outcome).toMatchObject({ name: 'OutsideError', code: 'outside_malformed' })
        else expect(action.output.safeParse(outcome).error).toBeUndefined()
      }
    }
  })
})

it('finds the connectors there are', () => expect(folders).toEqual(expect.arrayContaining(['github', 'salesforce'])))

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
