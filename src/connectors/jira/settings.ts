import { z } from 'zod'
import { isApplicationOrigin } from '#core/application-origin.ts'

/**
 * A parent connection's settings: one site of Jira Cloud, and no other. Atlassian's token response does not name it: one grant reaches all
 * the sites a person agreed to. https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/#2--get-the-cloudid-for-your-site
 */
export const settings = z
  .strictObject({
    site: z
      .string()
      .max(255)
      .refine(isApplicationOrigin, 'must be an address such as https://acme.atlassian.net, without a path')
      .meta({ title: 'Site', description: 'The address of your Jira, such as https://acme.atlassian.net.' }),
    cloud_id: z
      .string()
      .trim()
      .toLowerCase()
      .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'must be a cloud ID: 8-4-4-4-12 letters and digits')
      .meta({
        title: 'Cloud ID',
        description: 'What the site shows in a browser at its address followed by /_edge/tenant_info, after "cloudId".',
      }),
    host: z
      .string()
      .max(255)
      .default('')
      .refine((text) => text === '' || isApplicationOrigin(text), 'must be an address such as https://proxy.acme.com')
      .meta({
        title: 'Address',
        description:
          'Empty for Atlassian itself. The address of an emulator or a proxy that answers for its sign-in and its API.',
      }),
  })
  .meta({ examples: [{ site: 'https://acme.atlassian.net', cloud_id: '1324a887-45db-4bf4-9e99-ef0ff456d421' }] })
export type Settings = z.output<typeof settings>

/** Where people agree: an origin. */
export function signInOf({ host }: Settings): string {
  return host === '' ? 'https://auth.atlassian.com' : new URL(host).origin
}

/** Where the API of this one site is. https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/#3--make-calls-to-the-api */
export function apiOf({ host, cloud_id }: Settings): URL {
  return new URL(`/ex/jira/${cloud_id}/rest/api/3/`, host === '' ? 'https://api.atlassian.com' : host)
}

/** The page of an issue, for people. `given` is what a connection's settings hold. */
export function pageOf(given: unknown, key: string): string {
  return new URL(`/browse/${encodeURIComponent(key)}`, (given as Settings).site).href
}
