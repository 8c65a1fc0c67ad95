/** The first three characters of an id say what it names. */
export const KEY_PREFIXES = {
  Organization: '00D',
  User: '005',
  Account: '001',
  Contact: '003',
  Opportunity: '006',
  Case: '500',
} as const

const SUFFIX_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345'
const BODY_ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** The `n`th id of a kind, 18 characters: prefix, server, number in base 62, and the suffix that survives a loss of case. */
export function salesforceId(prefix: string, n: number): string {
  let number = ''
  for (let rest = n; rest > 0; rest = Math.floor(rest / 62)) number = BODY_ALPHABET[rest % 62] + number
  return withSuffix(`${prefix}AC0000${number.padStart(6, '0')}`)
}

/** The 18-character form of an id given in 15 or 18 characters; null when it is no id at all. */
export function normalizeId(id: string): string | null {
  if (!/^[0-9A-Za-z]+$/.test(id)) return null
  if (id.length === 15) return withSuffix(id)
  return id.length === 18 ? withSuffix(id.slice(0, 15)) : null
}

// Each suffix character holds, for five characters of the id, which of them are capitals.
function withSuffix(id: string): string {
  let suffix = ''
  for (const chunk of [id.slice(0, 5), id.slice(5, 10), id.slice(10, 15)]) {
    let bits = 0
    for (const [position, character] of [...chunk].entries()) if (/[A-Z]/.test(character)) bits |= 1 << position
    suffix += SUFFIX_ALPHABET[bits]
  }
  return id + suffix
}
