/**
 * A number written in decimals, as JSON writes it, where a number of ours holds it as it is written: to the last digit. Undefined where that
 * would make it another one (`9007199254740993` becomes …992), or it is too big. Zeros that say nothing do not count.
 */
export function readExactNumber(text: string): number | undefined {
  const number = Number(text)
  return Number.isFinite(number) && inOneSpelling(text) === inOneSpelling(String(number)) ? number : undefined
}

const DECIMAL = /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i

/** The digits that say something, and where the point stands. */
function inOneSpelling(text: string): string {
  const [, sign, whole = '', fraction = '', exponent = '0'] = DECIMAL.exec(text) ?? []
  const digits = (whole + fraction).replace(/^0+/, '')
  const significant = digits.replace(/0+$/, '')
  if (significant === '') return '0'
  const power = Number(exponent) - fraction.length + digits.length - significant.length
  return `${sign === '-' ? '-' : ''}${significant}e${power}`
}

/** The first number in a JSON text that would become another one when it is read, as it is written; undefined where there is none. */
export function findInexactNumber(json: string): string | undefined {
  // why: what is shorter than sixteen digits, without an exponent, is held as it is; most texts need no second look.
  if (!/[\d.]{16}|\d[eE]/.test(json)) return undefined
  let found: string | undefined
  JSON.parse(json, (_key: string, value: unknown, context?: { source?: string }) => {
    const { source } = context ?? {}
    if (typeof value === 'number' && source !== undefined && readExactNumber(source) === undefined) found ??= source
    return value
  })
  return found
}
