import { z } from 'zod'
import { FIELD, PICK } from './cards/press-action.ts'

/** What a button, a picked thing or a form sent. */
export interface SentBack {
  /** Still to be read by `readPress`; undefined where nothing was picked of a list. */
  press: unknown
  /** A form's fields that are filled in, by name; null where there was no form. */
  values: Record<string, string> | null
}

const Data = z.looseObject({
  press: z.unknown().optional(),
  presses: z.record(z.string(), z.unknown()).optional(),
  picked: z.string().optional(),
  form: z.boolean().optional(),
})

/** Reads what a card sent; undefined for what is no card of ours. */
export function readSent(value: unknown): SentBack | undefined {
  const read = Data.safeParse(value)
  if (!read.success || (read.data.press === undefined && read.data.presses === undefined)) return undefined
  const { press, presses, picked = PICK, form, ...rest } = read.data
  const choice = rest[picked]
  if (presses) return { press: typeof choice === 'string' ? ownValue(presses, choice) : undefined, values: null }
  return { press, values: form ? valuesIn(rest) : null }
}

const ownValue = (presses: Record<string, unknown>, choice: string): unknown =>
  Object.hasOwn(presses, choice) ? presses[choice] : undefined

function valuesIn(rest: Record<string, unknown>): Record<string, string> {
  const fields = Object.entries(rest).filter(([name]) => name.startsWith(FIELD))
  const texts = fields.map(([name, value]) => [
    name.slice(FIELD.length),
    typeof value === 'string' ? value : String(value ?? ''),
  ])
  return Object.fromEntries(texts.filter(([, text]) => text !== ''))
}
