import { z } from 'zod'
import { isApplicationOrigin } from '#core/application-origin.ts'

/** A parent connection's settings. */
export const settings = z
  .strictObject({
    environment: z.enum(['production', 'sandbox', 'custom']).default('production').meta({
      title: 'Environment',
      description:
        'Production signs in at login.salesforce.com, a sandbox at test.salesforce.com, custom at your own domain.',
    }),
    custom_domain: z.string().max(255).default('').meta({
      title: 'Custom domain',
      description:
        'Only for a custom environment: https://acme.my.salesforce.com, or https://acme--dev.sandbox.my.salesforce.com.',
    }),
  })
  .refine(({ environment, custom_domain }) => environment !== 'custom' || isApplicationOrigin(custom_domain), {
    path: ['custom_domain'],
    message: 'is needed: an address such as https://acme.my.salesforce.com, without a path',
  })
export type Settings = z.output<typeof settings>

/** Where people sign in: the origin of all OAuth endpoints. */
export function loginOrigin({ environment, custom_domain }: Settings): string {
  if (environment === 'custom') return new URL(custom_domain).origin
  return environment === 'sandbox' ? 'https://test.salesforce.com' : 'https://login.salesforce.com'
}
