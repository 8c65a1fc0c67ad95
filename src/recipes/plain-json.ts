import { below, type Problem } from './problem.ts'

/** Deeper JSON is refused: everything that walks a recipe may then recurse. Ten ifs within each other need about forty levels. */
const MAX_DEPTH = 100
/** Characters of keys and texts in one recipe. */
const MAX_CHARACTERS = 1024 * 1024

/**
 * What makes a value from outside unfit to be a recipe, before its schema is looked at: nested too deep to walk, too big,
 * a key that would reach a prototype, or text that PostgreSQL's jsonb cannot hold. Undefined when it is fit.
 */
export function findJsonProblem(value: unknown, characters = MAX_CHARACTERS): Problem | undefined {
  let left = characters
  // A list of its own rather than recursion: the depth is what is being found out.
  const rest: { value: unknown; path: string; depth: number }[] = [{ value, path: '', depth: 0 }]
  for (let part = rest.pop(); part !== undefined; part = rest.pop()) {
    const { path, depth } = part
    if (depth > MAX_DEPTH) return { path: '', code: 'recipe_too_deep', message: `Nest at most ${MAX_DEPTH} levels.` }
    if (typeof part.value === 'string') {
      left -= part.value.length
      if (!isStorable(part.value)) return unstorable(path)
    } else if (typeof part.value === 'object' && part.value !== null) {
      const isArray = Array.isArray(part.value)
      for (const [key, inner] of Object.entries(part.value)) {
        left -= isArray ? 1 : key.length
        if (key === '__proto__') return { path, code: 'recipe_malformed', message: 'The key __proto__ is refused.' }
        if (!isStorable(key)) return unstorable(path)
        rest.push({ value: inner, path: below(path, isArray ? Number(key) : key), depth: depth + 1 })
      }
    }
    if (left < 0) return { path: '', code: 'recipe_too_large', message: 'A recipe holds at most 1 MiB.' }
  }
  return undefined
}

function isStorable(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed()
}

function unstorable(path: string): Problem {
  return { path, code: 'recipe_malformed', message: 'The text holds a NUL or half a character: take it out.' }
}
