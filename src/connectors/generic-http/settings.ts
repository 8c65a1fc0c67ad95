import { z } from 'zod'
import { isApplicationUrl, readOrigins } from '#core/application-origin.ts'
import { PATH_PATTERN } from '#core/read-path.ts'

const KINDS = ['api_key_in_header', 'api_key_in_query', 'bearer', 'basic', 'basic_key', 'none'] as const

/** A parent connection's settings. */
export const settings = z
  .strictObject({
    base_url: z
      .string()
      .trim()
      .max(2000)
      .refine(
        (text) => isApplicationUrl(text) && !text.includes('?'),
        'must be an address such as https://api.acme.com/v2',
      )
      .meta({ title: 'Base URL', description: 'Where the API is: https://api.acme.com/v2. Actions go below it.' }),
    authentication: z.enum(KINDS).default('api_key_in_header').meta({
      title: 'Credential',
      description:
        'An API key in a header or in the query, a bearer token, a user name with a password (Basic), a key in the place of the user name (Basic), or none.',
    }),
    parameter: z
      .string()
      .trim()
      .max(100)
      .regex(/^[A-Za-z][\w.-]*$/, 'must be the name of a header or parameter')
      .refine((name) => !/^(host|cookie|connection|content-.*|transfer-encoding|proxy-.*)$/i.test(name), 'is in use')
      .default('X-API-Key')
      .meta({ title: 'Name', description: 'Of the header or of the query parameter that carries an API key.' }),
    prefix: z
      .string()
      .max(40)
      .regex(/^[\x21-\x7E]*$/, 'must be one word')
      .default('')
      .meta({
        title: 'Word before the key',
        description: 'What stands before an API key in its header, with a space between: Token, ApiKey.',
      }),
    test_path: z
      .string()
      .trim()
      .max(2000)
      .regex(/^\/(?!\/)[^\s\\#]*$/, 'must be a path such as /me')
      .meta({
        title: 'Test path',
        description:
          'Read (GET) to try a credential before it is kept, so it must answer only with a good one: /me, /account. Below the base URL.',
      }),
    account_name: z
      .string()
      .trim()
      .max(200)
      .refine((text) => text === '' || PATH_PATTERN.test(text), 'must be a path such as user.email')
      .default('')
      .meta({
        title: 'Account: name',
        description:
          'Where in the JSON of the test path the account’s name stands, unique to it: user.email. Empty: it is named by its user name or by its key.',
      }),
    origins: z
      .string()
      .max(2000)
      .refine((text) => readOrigins(text), 'must be addresses such as https://files.acme.com, with spaces between')
      .default('')
      .meta({
        title: 'Further addresses',
        description: 'Where else requests may go with the credential, with spaces between: https://files.acme.com',
      }),
  })
  .meta({
    examples: [
      ...KINDS.map((authentication) => ({ base_url: 'https://api.acme.test/v2', authentication, test_path: '/me' })),
      {
        base_url: 'https://api.acme.test/v2',
        authentication: 'api_key_in_header',
        parameter: 'Authorization',
        prefix: 'Token',
        test_path: '/me?fields=user',
        account_name: 'user.email',
      },
    ],
  })
export type Settings = z.output<typeof settings>
