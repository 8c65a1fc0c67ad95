import { readFileSync } from 'node:fs'
import type { Json } from './team.ts'

const read = new Map<string, object>()

/** A payload shaped as Slack documents it (the file says where), with some of its fields filled in. */
export function sample(name: string, fields: object): Json {
  const known = read.get(name) ?? JSON.parse(readFileSync(new URL(`samples/${name}.json`, import.meta.url), 'utf8'))
  read.set(name, known)
  const { payload } = known as { payload: object }
  const unknown = Object.keys(fields).find((field) => !OPTIONAL.has(field) && !(field in payload))
  if (unknown) throw new Error(`Slack documents no ${unknown} in ${name}`)
  return { ...structuredClone(payload), ...fields }
}

/** Fields that are not in every payload of their kind. */
const OPTIONAL = new Set(
  'thread_ts assistant_thread bot_id subtype user_team source_team enterprise_id enterprise_name channel message view response_url'.split(
    ' ',
  ),
)
