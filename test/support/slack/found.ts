/** The one; throws where there is none. */
export function found<T>(all: T[], is: (each: T) => boolean, what: string): T {
  const one = all.find(is)
  if (one === undefined) throw new Error(`there is no ${what} in this Slack`)
  return one
}
