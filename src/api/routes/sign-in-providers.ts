import { createRoute, z } from '@hono/zod-openapi'
import type { CommandsContext } from '#commands/context.ts'
import {
  changeSignInProvider,
  createSignInProvider,
  deleteSignInProvider,
  listSignInProviders,
  type ShownProvider,
  testSignInProvider,
} from '#commands/people/sign-in-providers.ts'
import type { ApiApp } from '../api-env.ts'
import { answers, answersAll, answersCreated, answersNothing, bodyOf, withId } from '../route-parts.ts'
import { SignInProvider } from '../workspace-contract.ts'

const tags = ['Sign-in providers']

/** Where people sign in by OpenID Connect besides their password here. */
export function signInProviderRoutes(ctx: CommandsContext, app: ApiApp): void {
  app.openapi(list, async (c) => {
    const providers = await listSignInProviders(ctx, c.get('actor'))
    return c.json({ data: providers.map(present) }, 200)
  })
  app.openapi(create, async (c) => {
    const wanted = c.req.valid('json')
    const provider = await createSignInProvider(ctx, c.get('actor'), {
      label: wanted.label,
      issuer: wanted.issuer,
      clientId: wanted.client_id,
      clientSecret: wanted.client_secret,
      emailDomains: wanted.email_domains,
      emailsAreVouchedFor: wanted.emails_are_vouched_for,
      mayCreatePersons: wanted.may_create_persons,
    })
    return c.json({ data: present(provider) }, 201)
  })
  app.openapi(change, async (c) => {
    const wanted = c.req.valid('json')
    const provider = await changeSignInProvider(ctx, c.get('actor'), {
      providerId: c.req.valid('param').id,
      change: {
        label: wanted.label,
        issuer: wanted.issuer,
        clientId: wanted.client_id,
        clientSecret: wanted.client_secret,
        emailDomains: wanted.email_domains,
        emailsAreVouchedFor: wanted.emails_are_vouched_for,
        mayCreatePersons: wanted.may_create_persons,
      },
    })
    return c.json({ data: present(provider) }, 200)
  })
  app.openapi(remove, async (c) => {
    await deleteSignInProvider(ctx, c.get('actor'), { providerId: c.req.valid('param').id })
    return c.body(null, 204)
  })
  app.openapi(tryOut, async (c) => {
    const found = await testSignInProvider(ctx, c.get('actor'), { providerId: c.req.valid('param').id })
    return c.json({ data: found }, 200)
  })
}

function present({ id, label, issuer, ...provider }: ShownProvider) {
  return {
    id,
    label,
    issuer,
    client_id: provider.clientId,
    email_domains: provider.emailDomains,
    emails_are_vouched_for: provider.emailsAreVouchedFor,
    may_create_persons: provider.mayCreatePersons,
    links_owners: provider.setByOwner,
    redirect_uri: provider.redirectUri,
    created_at: provider.createdAt.toISOString(),
  }
}

const Label = z.string().trim().min(1).max(60)
const Domains = z.array(z.string().max(260)).max(100)

const NewSignInProvider = z
  .strictObject({
    label: Label,
    issuer: z.string().max(500),
    client_id: z.string().trim().min(1).max(500),
    /** Left out or empty: a public client. */
    client_secret: z.string().max(4000).default(''),
    email_domains: Domains.default([]),
    emails_are_vouched_for: z.boolean().default(false),
    may_create_persons: z.boolean().default(false),
  })
  .openapi('NewSignInProvider')

const SignInProviderChange = z
  .strictObject({
    label: Label.optional(),
    issuer: z.string().max(500).optional(),
    client_id: z.string().trim().min(1).max(500).optional(),
    /** Must be given with another issuer or client. */
    client_secret: z.string().max(4000).optional(),
    email_domains: Domains.optional(),
    emails_are_vouched_for: z.boolean().optional(),
    may_create_persons: z.boolean().optional(),
  })
  .openapi('SignInProviderChange')

const DiscoveredProvider = z
  .object({ issuer: z.string(), authorization_endpoint: z.string(), token_endpoint: z.string() })
  .openapi('DiscoveredProvider')

const list = createRoute({
  method: 'get',
  path: '/sign-in-providers',
  operationId: 'listSignInProviders',
  summary: 'Where people sign in by OpenID Connect',
  tags,
  responses: answersAll(SignInProvider, 'By label, without their secrets.'),
})

const create = createRoute({
  method: 'post',
  path: '/sign-in-providers',
  operationId: 'createSignInProvider',
  summary: 'Add a sign-in provider',
  tags,
  request: bodyOf(NewSignInProvider),
  responses: answersCreated(SignInProvider, 'Register `redirect_uri` at the provider, then test it.'),
})

const change = createRoute({
  method: 'patch',
  path: '/sign-in-providers/{id}',
  operationId: 'changeSignInProvider',
  summary: 'Change a sign-in provider; with another issuer its sessions and identities end',
  tags,
  request: { ...withId('signInProvider'), ...bodyOf(SignInProviderChange) },
  responses: answers(SignInProvider, 'As it is now.'),
})

const remove = createRoute({
  method: 'delete',
  path: '/sign-in-providers/{id}',
  operationId: 'deleteSignInProvider',
  summary: 'Remove a sign-in provider; its sessions end, and whom it named is forgotten',
  tags,
  request: withId('signInProvider'),
  responses: answersNothing('Removed.'),
})

const tryOut = createRoute({
  method: 'post',
  path: '/sign-in-providers/{id}/test',
  operationId: 'testSignInProvider',
  summary: 'Read the provider’s discovery document, as signing in there would',
  tags,
  request: withId('signInProvider'),
  responses: answers(DiscoveredProvider, 'What it says of itself; a refusal says what is wrong.'),
})
