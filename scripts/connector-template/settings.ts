import { z } from 'zod'
import { isApplicationOrigin } from '#core/application-origin.ts'

/** A parent connection's settings. */
export const settings = z.strictObject({
  host: z
    .string()
    .max(255)
    .default('https://acme.example')
    .refine(isApplicationOrigin, 'must be an address such as https://acme.example, without a path')
    .meta({ title: 'Address', description: 'https://acme.example, or the address of your own Acme.' }),
})
export type Settings = z.output<typeof settings>
