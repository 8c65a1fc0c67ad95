import { z } from 'zod'
import type { ActionResponse } from '#connectors/connector.ts'
import { errorOfAnswer } from '#core/error-of-answer.ts'
import type { OutsideError } from '#core/errors.ts'

const Body = z.object({
  errorMessages: z.array(z.string()).catch([]),
  /** By field. */
  errors: z.record(z.string(), z.string()).catch({}),
  /** The gateway's, before the request comes to Jira: `{ code, message }`. */
  message: z.string().catch(''),
})

/**
 * Jira answers `{ errorMessages: ["…"], errors: { summary: "…" } }`.
 * https://developer.atlassian.com/cloud/jira/platform/rest/v3/intro/#status-codes
 */
export function readError({ url, status, headers, json }: ActionResponse): OutsideError {
  const { errorMessages = [], errors = {}, message = '' } = Body.safeParse(json).data ?? {}
  const fields = Object.entries(errors)
  const said = [...errorMessages, ...fields.map(([field, text]) => `${field}: ${text}`), message]
  return errorOfAnswer({
    application: 'Jira',
    status,
    headers,
    // Said with 401 of a token that lives. Whoever connects again is told the same: the application there lacks the scope.
    code: message.includes('scope does not match') ? 'outside_forbidden' : undefined,
    message: [hintFor(url, status), ...said].filter(Boolean).join(' '),
    ...(fields.length > 0 && { details: { fields: errors } }),
  })
}

/** A refusal of the first question, whose account it is, is on the page that the person sees: what they can do about it. */
function hintFor(url: string, status: number): string {
  const isShutOut = url.endsWith('/myself') && (status === 401 || status === 403 || status === 404)
  return isShutOut ? 'Choose the site of this connection on Atlassian’s page, with an account that may enter it.' : ''
}
