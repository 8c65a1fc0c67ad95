import { z } from 'zod'
import { isApplicationOrigin } from '#core/application-origin.ts'

/** A parent connection's settings. */
export const settings = z.strictObject({
  host: z
    .string()
    .max(255)
    .default('')
    .refine((text) => text === '' || isApplicationOrigin(text), 'must be an address such as https://proxy.acme.com')
    .meta({
      title: 'Address',
      description:
        'Empty for Linear itself. The address of an emulator or a proxy that answers for linear.app and its API.',
    }),
})
export type Settings = z.output<typeof settings>

/** Where people agree, and where the API is: origins both. */
export function hostsOf({ host }: Settings): { site: string; api: string } {
  if (host === '') return { site: 'https://linear.app', api: 'https://api.linear.app' }
  return { site: new URL(host).origin, api: new URL(host).origin }
}
