/**
 * Which of several is meant by what somebody wrote: the one written so to the letter, else the only one written so but for case and the
 * spaces around it; undefined where there is none, or more than one.
 */
export function findMeant<T>(all: readonly T[], written: string, wordsOf: (one: T) => string): T | undefined {
  const exact = all.find((one) => wordsOf(one) === written)
  if (exact !== undefined) return exact
  const spelt = (words: string) => words.trim().toLowerCase()
  const alike = all.filter((one) => spelt(wordsOf(one)) === spelt(written))
  return alike.length === 1 ? alike[0] : undefined
}
