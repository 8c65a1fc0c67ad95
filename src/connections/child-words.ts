/** As `words_of` of the database separates them. */
const BETWEEN = /[\s!"#$%&'()*+,./:;<=>?@[\\\]^_`{|}~-]+/

/** Longer searches are cut: nobody remembers so much of a name. */
const MOST_WORDS = 8

/**
 * What was typed into a search, as a `tsquery` that finds rows with words beginning with each of these; empty without a word. Anything may
 * be typed: signs only separate.
 */
export function childWords(typed: string): string {
  const words = typed
    .toLowerCase()
    .split(BETWEEN)
    .filter((word) => word !== '')
    .slice(0, MOST_WORDS)
  return words.map((word) => `'${word.slice(0, 60)}':*`).join(' & ')
}
