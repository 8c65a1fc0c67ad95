import { z } from 'zod'
import { isApplicationOrigin } from '#core/application-origin.ts'

/** A parent connection's settings. */
export const settings = z.strictObject({
  host: z
    .string()
    .max(255)
    .default('https://slack.com')
    .refine(isApplicationOrigin, 'must be an address such as https://slack.com, without a path')
    .meta({ title: 'Address', description: 'https://slack.com; https://slack-gov.com for GovSlack.' }),
})
export type Settings = z.output<typeof settings>
