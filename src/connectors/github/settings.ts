import { z } from 'zod'
import { isApplicationOrigin } from '#core/application-origin.ts'

/** A parent connection's settings. */
export const settings = z.strictObject({
  host: z
    .string()
    .max(255)
    .default('https://github.com')
    .refine(isApplicationOrigin, 'must be an address such as https://github.acme.com, without a path')
    .meta({
      title: 'Address',
      description: 'https://github.com, or the address of your GitHub Enterprise.',
    }),
  api_path: z
    .string()
    .regex(/^\/[\w/-]{0,100}$/, 'must be a path such as /api/v3')
    .default('/api/v3')
    .meta({
      title: 'API path',
      description: 'Where a GitHub Enterprise Server of yours has its API. Ignored for github.com and ghe.com.',
    }),
})
export type Settings = z.output<typeof settings>

/**
 * The API that belongs to a host: api.github.com, api.acme.ghe.com, or a path of the same Enterprise Server.
 * https://docs.github.com/en/enterprise-cloud@latest/admin/data-residency/network-details-for-ghecom
 */
export function apiUrl({ host, api_path }: Settings): URL {
  const { origin, hostname, protocol } = new URL(host)
  const isCloud = protocol === 'https:' && (hostname === 'github.com' || /^[a-z0-9-]+\.ghe\.com$/.test(hostname))
  return isCloud ? new URL(`https://api.${hostname}/`) : new URL(api_path, origin)
}
