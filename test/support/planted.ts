/** A value to be looked for where it must not be, by what it is: `access token`, `job input`. */
export interface Planted {
  what: string
  value: string
}

/** The planted values found in a text or in bytes, in any of the spellings in which one could stand there. */
export function findPlanted(planted: readonly Planted[], where: string | Buffer): string[] {
  const text = typeof where === 'string' ? where : where.toString('latin1')
  return [...new Set(planted.filter(({ value }) => spellings(value).some((each) => text.includes(each))))].map(
    ({ what }) => what,
  )
}

/** As it is, as bytes in a text, in hexadecimal (PostgreSQL's bytea), in base 64, in a URL, and in JSON. */
function spellings(value: string): string[] {
  if (value.length < 6) throw new Error(`“${value}” is too short to be looked for`)
  const bytes = Buffer.from(value)
  const json = JSON.stringify(value).slice(1, -1)
  return [
    ...new Set([value, bytes.toString('latin1'), bytes.toString('hex'), encodeURIComponent(value), json]),
    ...base64(bytes),
  ]
}

/** Base 64 spells the same bytes in three ways, by where they begin; the letters at the ends depend on the neighbours. */
function base64(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((shift) => {
    const spelt = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    const inner = spelt.slice(shift === 0 ? 0 : shift + 1, -2)
    return inner.length < 8 ? [] : [inner, inner.replaceAll('+', '-').replaceAll('/', '_')]
  })
}
