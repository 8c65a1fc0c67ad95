import { createTransport } from 'nodemailer'
import type { SendMail } from '#jobs/context.ts'

const TIMEOUT_MS = 20_000

/**
 * Sends by the mail server of the settings, which whoever runs this server chose: the one way out besides the dispatcher. Resolves when
 * the mail server has taken it. The same message once more has the same Message-ID, so that mail programs show it once.
 */
export function makeMailer({ url, from }: { url: string; from: string }): SendMail {
  const transport = createTransport(
    { url, connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS },
    // why: a text that looks like a path or an address is never read from there.
    { disableFileAccess: true, disableUrlAccess: true },
  )
  const domain = /@([^>\s]+)>?$/.exec(from)?.[1] ?? 'behalf.invalid'
  return async ({ messageId, ...mail }) => {
    await transport.sendMail({ from, messageId: `<${messageId}@${domain}>`, ...mail })
  }
}
