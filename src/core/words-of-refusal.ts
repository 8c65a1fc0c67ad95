import { textAt } from './read-path.ts'

/** Where applications say what is wrong: RFC 9457, RFC 6749, and what most of them made up. */
const PLACES = ['detail', 'error_description', 'error.message', 'errors.0.message', 'message', 'error', 'title']

/** An application's own words in the JSON of a refusal, of an application we know nothing about; undefined where none are found. */
export function wordsOfRefusal(json: unknown): string | undefined {
  return PLACES.map((path) => textAt(json, path)).find((text) => text !== undefined)
}
