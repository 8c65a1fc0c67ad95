import { z } from 'zod'
import type { ActionResponse } from '#connectors/connector.ts'
import { type AnswerCode, errorOfAnswer } from '#core/error-of-answer.ts'
import type { OutsideError } from '#core/errors.ts'

const Refusal = z.object({ ok: z.literal(false), error: z.string(), needed: z.string().optional().catch(undefined) })

/**
 * Slack answers an error as `{ ok: false, error }`, with 200 as a rule; null when it is none.
 * https://docs.slack.dev/apis/web-api/#slack-web-api__evaluating-responses__errors
 */
export function readRefusal({
  status,
  headers,
  json,
}: Pick<ActionResponse, 'status' | 'headers' | 'json'>): OutsideError | null {
  const refusal = Refusal.safeParse(json).data
  if (!refusal) return null
  const { error, needed } = refusal
  return errorOfAnswer({
    application: 'Slack',
    status,
    headers,
    code: MEANINGS.find(([pattern]) => pattern.test(error))?.[1],
    message: needed ? `${error}, which needs the permission ${needed}` : error,
    details: { errorCode: error },
  })
}

/** An answer of 400 and above: a limit, or Slack in trouble, mostly without a body. */
export function readError(response: ActionResponse): OutsideError {
  const { status, headers } = response
  return readRefusal(response) ?? errorOfAnswer({ application: 'Slack', status, headers })
}

const MEANINGS: [RegExp, AnswerCode][] = [
  [/^(invalid_auth|not_authed|token_revoked|token_expired|account_inactive)$/, 'outside_unauthorized'],
  [/^(ratelimited|rate_limited|message_limit_exceeded)$/, 'outside_rate_limited'],
  [/^(internal_error|fatal_error|service_unavailable|request_timeout)$/, 'outside_unavailable'],
  [/_not_found$/, 'outside_not_found'],
  [
    /^(missing_scope|not_in_channel|no_permission|access_denied|is_archived|not_allowed_token_type|restricted_action.*|ekm_access_denied|accesslimited|user_is_restricted|user_not_in_channel|cannot_reply_to_message|cant_update_message|cant_delete_message|edit_window_closed)$/,
    'outside_forbidden',
  ],
  [/^(no_text|msg_too_long|invalid_.*|too_many_.*)$/, 'outside_invalid_input'],
]
