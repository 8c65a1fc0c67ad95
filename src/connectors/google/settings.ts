import { z } from 'zod'
import { isApplicationOrigin } from '#core/application-origin.ts'

const may = (title: string, description: string) => z.boolean().default(true).meta({ title, description })

/** A parent connection's settings. */
export const settings = z
  .strictObject({
    send_mail: may('Send e-mail', 'Ask people for leave to send e-mail as them.'),
    read_mail: may(
      'Search e-mail',
      'Ask people for leave to read their e-mail. Google reviews an application that does.',
    ),
    calendar: may('Calendar', 'Ask people for leave to see and make events in their calendars.'),
    files: may('Files', 'Ask people for leave to see the names of their files in Drive. Google reviews this too.'),
    sheets: may('Sheets', 'Ask people for leave to read and write their spreadsheets.'),
    host: z
      .string()
      .max(255)
      .default('')
      .refine((text) => text === '' || isApplicationOrigin(text), 'must be an address such as https://proxy.acme.com')
      .meta({
        title: 'Address',
        description:
          'Empty for Google itself. The address of an emulator or a proxy that answers for all of Google’s hosts.',
      }),
  })
  .refine((each) => each.send_mail || each.read_mail || each.calendar || each.files || each.sheets, {
    path: ['send_mail'],
    message: 'or another permission is needed',
  })
export type Settings = z.output<typeof settings>

/** Where Google's parts are: each an origin. */
export interface Hosts {
  accounts: string
  oauth: string
  identity: string
  /** Calendar and Drive. */
  apis: string
  gmail: string
  sheets: string
}

/** `given` is what a connection's settings hold. */
export function hostsOf(given: unknown): Hosts {
  const { host } = given as Settings
  const at = (google: string): string => (host === '' ? `https://${google}` : new URL(host).origin)
  return {
    accounts: at('accounts.google.com'),
    oauth: at('oauth2.googleapis.com'),
    identity: at('openidconnect.googleapis.com'),
    apis: at('www.googleapis.com'),
    gmail: at('gmail.googleapis.com'),
    sheets: at('sheets.googleapis.com'),
  }
}
