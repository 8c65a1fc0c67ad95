import type { BoundRequest } from '#connectors/connector.ts'
import { readRefusal } from './read-refusal.ts'

type Fields = Record<string, string | number | boolean | undefined>

/**
 * Calls a method of Slack's Web API, as a form: not every method takes JSON. Answers its JSON; throws what Slack refused.
 * https://docs.slack.dev/apis/web-api
 */
export async function callMethod(request: BoundRequest, method: string, fields: Fields): Promise<unknown> {
  const given = Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]))
  const text = new URLSearchParams(given).toString()
  const body = { contentType: 'application/x-www-form-urlencoded; charset=utf-8', text }
  return (await request({ method: 'POST', url: `/${method}`, body, readRefusal })).json
}
