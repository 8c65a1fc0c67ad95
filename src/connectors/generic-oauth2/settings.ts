import { z } from 'zod'
import { isApplicationUrl, readOrigins } from '#core/application-origin.ts'
import { PATH_PATTERN } from '#core/read-path.ts'
import { readParameters } from './authorization-parameters.ts'
import { namesOfScopes, readScopeTexts } from './scope-texts.ts'

const URL_WANTED = 'must be an address such as https://acme.com/oauth/token'
const url = () => z.string().trim().max(2000)
const required = () => url().refine(isApplicationUrl, URL_WANTED)
const optional = () =>
  url()
    .refine((text) => text === '' || isApplicationUrl(text), URL_WANTED)
    .default('')
const path = (fallback: string) =>
  z.string().trim().max(200).regex(PATH_PATTERN, 'must be a path such as user.email').default(fallback)

/** A parent connection's settings: everything RFC 6749 leaves open, and where the account is told. */
export const settings = z
  .strictObject({
    base_url: required()
      .refine((text) => !text.includes('?'), 'must have no query')
      .meta({ title: 'Base URL', description: 'Where the API is: https://api.acme.com/v2. Actions go below it.' }),
    authorization_url: required().meta({
      title: 'Authorization URL',
      description: 'Where people are sent to give their leave.',
    }),
    token_url: required().meta({ title: 'Token URL', description: 'Where codes and refresh tokens are exchanged.' }),
    scopes: z
      .string()
      .max(4000)
      .regex(/^[\x20-\x21\x23-\x5B\x5D-\x7E]*$/, 'must be scopes with spaces between')
      .default('')
      .meta({
        title: 'Scopes',
        description: 'What people are asked for, with spaces between: contacts.read offline_access',
      }),
    scope_texts: z
      .string()
      .max(8000)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
      .refine((text) => !/[\u0000-\u001f\u007f]/.test(text), 'may not hold control characters')
      .default('')
      .meta({
        title: 'Scopes in words',
        description:
          'What people are told they give: contacts.read = See your contacts; files = Read your files. Others are named as they are.',
      }),
    identity_url: required().meta({
      title: 'Identity URL',
      description: 'Answers, as JSON, whose account a token belongs to: https://api.acme.com/v2/me.',
    }),
    account_id: path('id').meta({
      title: 'Account: id',
      description: 'Where in that JSON the id of the account stands, which never changes: id, sub, data.user.id.',
    }),
    account_label: path('name').meta({
      title: 'Account: name',
      description: 'Where its name stands. Its e-mail address, or else its id, is shown where there is none.',
    }),
    account_email: path('email').meta({ title: 'Account: e-mail', description: 'Where its e-mail address stands.' }),
    token_authentication: z
      .enum(['client_secret_basic', 'client_secret_post', 'none'])
      .default('client_secret_basic')
      .meta({
        title: 'Client authentication',
        description:
          'How the token URL is told the client’s secret: in the Authorization header, in the body, or not at all (a public client).',
      }),
    pkce: z.boolean().default(true).meta({
      title: 'PKCE',
      description: 'Leave it on, unless the application refuses it: it keeps a stolen code from being used.',
    }),
    scope_separator: z.enum(['space', 'comma']).default('space').meta({
      title: 'Between scopes',
      description: 'What the application wants between scopes: as a rule a space.',
    }),
    authorization_parameters: z
      .string()
      .max(2000)
      .superRefine((text, context) => {
        const read = readParameters(text)
        if (typeof read === 'string') context.addIssue({ code: 'custom', message: read })
      })
      .default('')
      .meta({
        title: 'Further parameters',
        description:
          'Added to the authorization request: prompt=consent&access_type=offline, or audience=https://api.acme.com.',
      }),
    revocation_url: optional().meta({
      title: 'Revocation URL',
      description: 'Where tokens are revoked (RFC 7009). Empty: people can end their access only at the application.',
    }),
    revocation_ends_all: z.boolean().default(false).meta({
      title: 'Revoking ends every access',
      description: 'Turn it on where revoking one token ends every access of the same account to this client.',
    }),
    issuer: optional().meta({
      title: 'Issuer',
      description: 'What the application calls itself in its answers (iss, RFC 9207). Empty: it is not compared.',
    }),
    resource: optional().meta({
      title: 'Resource',
      description: 'The API the token is for (RFC 8707), where the application wants to be told.',
    }),
    expires_in: z
      .string()
      .trim()
      .regex(/^([1-9]\d{0,8})?$/, 'must be a number of seconds')
      .default('')
      .meta({
        title: 'Seconds a token lives',
        description: 'Where the application does not say. Empty: until it is refused.',
      }),
    token_header: z
      .string()
      .trim()
      .max(100)
      .regex(/^[A-Za-z][A-Za-z0-9-]*$/, 'must be the name of a header')
      .refine((name) => !/^(host|cookie|connection|content-.*|transfer-encoding|proxy-.*)$/i.test(name), 'is in use')
      .default('Authorization')
      .meta({
        title: 'Header of the token',
        description: 'Authorization, in which it is sent as “Bearer …”; in any other header it stands alone.',
      }),
    origins: z
      .string()
      .max(2000)
      .refine((text) => readOrigins(text), 'must be addresses such as https://files.acme.com, with spaces between')
      .default('')
      .meta({
        title: 'Further addresses',
        description: 'Where else requests may go with the token, with spaces between: https://files.acme.com',
      }),
  })
  .superRefine(({ scopes, scope_texts }, context) => {
    const read = readScopeTexts(scope_texts)
    const unknown =
      typeof read === 'string' ? [] : [...read.keys()].filter((name) => !namesOfScopes(scopes).includes(name))
    const message =
      typeof read === 'string' ? read : unknown.length > 0 ? `names ${unknown[0]}, which is no scope here` : null
    if (message) context.addIssue({ code: 'custom', path: ['scope_texts'], message })
  })
  .meta({
    examples: [
      {
        base_url: 'https://api.acme.test/v2',
        authorization_url: 'https://login.acme.test/oauth/authorize',
        token_url: 'https://login.acme.test/oauth/token',
        identity_url: 'https://api.acme.test/v2/me',
        scopes: 'contacts.read offline_access',
      },
    ],
  })
export type Settings = z.output<typeof settings>
