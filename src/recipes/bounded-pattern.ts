import { RE2JS, RE2JSException } from 're2js'

/** A pattern's length, in characters: what it costs to compile is bounded by it. */
const MAX_PATTERN = 500
/** Steps of matching in one `withinSteps`: at worst half a second. */
const MAX_STEPS = 3_000_000

/** A regular expression that is matched in time linear in the text. */
export interface BoundedPattern {
  test(text: string): boolean
}

/**
 * Compiles an ECMA-262 pattern of a builder's for an engine that does not backtrack, so that no pattern can hang the server. Throws an error
 * that says why for what such an engine does not have (look-around, back-references), and for what is no pattern or longer than 500 characters.
 */
export function compilePattern(source: string): BoundedPattern {
  if (source.length > MAX_PATTERN) throw new Error(`a pattern has at most ${MAX_PATTERN} characters`)
  const pattern = compile(source)
  const size = pattern.programSize()
  return {
    test(text) {
      spend(text.length * size)
      return pattern.test(text)
    },
  }
}

function compile(source: string): RE2JS {
  try {
    return RE2JS.compile(RE2JS.translateRegExp(source))
  } catch (cause) {
    if (!(cause instanceof RE2JSException)) throw cause
    const message = `${cause.message}; look-around and back-references are not supported`
    throw new Error(message, { cause })
  }
}

/** Thrown out of `withinSteps` by the pattern that would exceed its steps. */
export class TooManySteps extends Error {}

let left = 0

/** Does something that matches patterns, one text after another and without waiting, within a number of steps altogether. */
export function withinSteps<T>(work: () => T): T {
  left = MAX_STEPS
  return work()
}

function spend(steps: number): void {
  left -= steps
  if (left < 0) throw new TooManySteps()
}
