import { expect, test } from 'vitest'
import { sabotages } from '../sabotages.ts'
import { sourceFiles } from '../support/sources.ts'

/** The promises of the product, by their numbers. */
const PROMISES = ['P1', 'P2', 'P3', 'P4', 'P5', 'P6', 'P7', 'P8', 'P9', 'P10', 'P11', 'P12', 'P13', 'P14']

/** What must never happen, by the names of the threat model. */
const ATTACKS = [
  'forwarded-link',
  'replayed-link',
  'prefetched-link',
  'guessed-link',
  'tampered-link',
  'callback-in-another-browser',
  'swapped-connection',
  'code-injection',
  'code-guess',
  'code-of-another-browser',
  'wrong-account',
  'same-account-two-persons',
  'clickjacked-consent',
  'open-redirect',
  'external-tie',
  'recipe-changed-after-consent',
  'same-user-id-other-workspace',
  'email-collision',
  'link-in-the-open',
  'forged-slack',
  'stale-slack',
  'replayed-slack',
  'forged-teams',
  'wrong-service-url',
  'replayed-teams',
  'forged-sign-in',
  'surface-in-disguise',
  'switch-by-the-back-door',
  'other-persons-child',
  'delegation-by-another',
  'silent-fallback',
  'token-to-a-stranger',
  'expression-bomb',
  'job-data-peek',
  'rerun-by-another',
  'privilege-matrix',
  'dump-without-key',
  'row-swap',
  'planted-secrets-in-logs',
  'revoked-in-mid-job',
  'key-rotation-under-load',
  'refresh-storm',
  'refresh-lost-response',
  'refresh-crash-between-response-and-save',
  'refresh-late-holder-still-saves',
  'disconnect-during-refresh',
  'disconnect-during-exchange',
  'provider-down-is-not-revoked',
  'clock-skew',
  'lease-holder-dies',
  'kill-anywhere',
  'provider-misbehaves',
]

const scenarios = titlesIn('test/scenarios')
const attacks = titlesIn('test/attacks')

test.each(PROMISES)('%s is kept by a scenario', (promise) => {
  expect(scenarios.filter((title) => title.startsWith(`${promise}: `))).not.toEqual([])
})

test.each(ATTACKS)('%s is tried by a test', (attack) => {
  expect(attacks.filter((title) => new RegExp(`^${attack}(:|$)`).test(title))).not.toEqual([])
})

test.each([...PROMISES, ...ATTACKS])('%s has a sabotage under which its test must fail', (name) => {
  // `P3`, `P3: the second run asks again`, `forwarded-link: …`
  expect(sabotages.filter((sabotage) => sabotage.name === name || sabotage.name.startsWith(`${name}: `))).not.toEqual(
    [],
  )
})

test('what each sabotage takes away still stands, once, where it says', () => {
  const sources = new Map(sourceFiles(['src']).map(({ path, text }) => [path, text]))
  const misplaced = sabotages.filter(({ file, find }) => (sources.get(file) ?? '').split(find).length !== 2)
  expect(misplaced.map(({ name, file }) => `${name}: ${file}`)).toEqual([])
})

/** The titles of tests and of the groups they stand in. */
function titlesIn(folder: string): string[] {
  return sourceFiles([folder], /\.test\.ts$/).flatMap(({ text }) =>
    [...text.matchAll(/\b(?:test|it|describe)(?:\.each\([\s\S]*?\))?\(\s*(['"`])(.*?)\1/g)].map(([, , title]) =>
      String(title),
    ),
  )
}
