import { z } from 'zod'
import { isApplicationOrigin } from '#core/application-origin.ts'

const may = (title: string, description: string) => z.boolean().default(true).meta({ title, description })

/** A parent connection's settings. */
export const settings = z
  .strictObject({
    tenant: z
      .string()
      .regex(/^[a-z0-9]([a-z0-9.-]{0,98}[a-z0-9])?$/i, 'must be organizations, common, or a tenant id')
      .default('organizations')
      .meta({
        title: 'Tenant',
        description:
          'The id or domain of your tenant: only its people can connect. organizations: of any tenant; common: personal accounts too.',
      }),
    cloud: z.enum(['global', 'us_government', 'us_government_dod', 'china']).default('global').meta({
      title: 'Cloud',
      description: 'global, unless your tenant is in a national cloud.',
    }),
    send_mail: may('Send e-mail', 'Ask people for leave to send e-mail as them.'),
    read_mail: may('Search e-mail', 'Ask people for leave to read their e-mail.'),
    calendar: may('Calendar', 'Ask people for leave to see and make events in their calendars.'),
    files: may('Files', 'Ask people for leave to read their files in OneDrive.'),
    host: z
      .string()
      .max(255)
      .default('')
      .refine((text) => text === '' || isApplicationOrigin(text), 'must be an address such as https://proxy.acme.com')
      .meta({
        title: 'Address',
        description:
          'Empty for Microsoft itself. The address of an emulator or a proxy that answers for Entra and Graph.',
      }),
  })
  .refine((each) => each.send_mail || each.read_mail || each.calendar || each.files, {
    path: ['send_mail'],
    message: 'or another permission is needed',
  })
export type Settings = z.output<typeof settings>

/** https://learn.microsoft.com/en-us/graph/deployments */
const CLOUDS = {
  global: { login: 'https://login.microsoftonline.com', graph: 'https://graph.microsoft.com' },
  us_government: { login: 'https://login.microsoftonline.us', graph: 'https://graph.microsoft.us' },
  us_government_dod: { login: 'https://login.microsoftonline.us', graph: 'https://dod-graph.microsoft.us' },
  china: { login: 'https://login.partner.microsoftonline.cn', graph: 'https://microsoftgraph.chinacloudapi.cn' },
}

/** Where people sign in, and where their data is: origins both. */
export function hostsOf({ cloud, host }: Settings): { login: string; graph: string } {
  return host === '' ? CLOUDS[cloud] : { login: new URL(host).origin, graph: new URL(host).origin }
}
