import type { Sabotage } from '../sabotages.ts'

const FORMS = 'test/scenarios/connecting-by-form.test.ts'
const EXTERNAL = 'test/scenarios/external-credentials.test.ts'

/** What keeps typed credentials right and hidden, taken away one line at a time. */
export const formSabotages: Sabotage[] = [
  {
    name: 'typed-credential: tested before saving, a person’s',
    test: FORMS,
    testName: 'a wrong one is tried at the application and stores nothing',
    file: 'src/connections/authorize.ts',
    find: 'const answer = await request(identity)',
    replace: "const answer = await request(identity).catch(() => ({ json: { user: { email: 'x@acme.test' } } }))",
  },
  {
    name: 'typed-credential: tested before saving, a parent’s',
    test: FORMS,
    testName: 'is connected with an API key in a header, once the application has accepted it',
    file: 'src/commands/connections/connect-parent-by-form.ts',
    find: '() => identifyAccount(ctx, parent, tokens))',
    replace: "async () => ({ id: 'bob@acme.test', label: 'bob@acme.test', email: null }))",
  },
  {
    name: 'typed-credential: never shown by an application that echoes it',
    test: FORMS,
    testName: 'is shown nowhere',
    file: 'src/connections/hide-secrets.ts',
    find: '...typedSecrets(credential, authentication).filter(',
    replace: '...([] as string[]).filter(',
  },
  {
    name: 'typed-credential: never shown in what names an account',
    test: FORMS,
    testName: 'or by how its key is known here',
    file: 'src/connections/form-credential.ts',
    find: 'secret ? nameOfSecret(',
    replace: 'secret && name === "" ? nameOfSecret(',
  },
  {
    name: 'typed-credential: only where the builder allows it',
    test: FORMS,
    testName: 'takes nothing that is sent all the same',
    file: 'src/asking/save-credential.ts',
    find: 'if (parent.personalForm) return',
    replace: 'return',
  },
  {
    name: 'external-tie: what was typed is held',
    test: EXTERNAL,
    testName: 'held sealed until the product confirms',
    file: 'src/asking/save-credential.ts',
    find: 'if (visit.external) {',
    replace: "if (visit.surface === '') {",
  },
  {
    name: 'external-tie: what was typed is forgotten',
    test: EXTERNAL,
    testName: 'held sealed until the product confirms',
    file: 'src/asking/confirm-answer.ts',
    find: '.set({ sealed_query: null })',
    replace: '.set({ taken_at: ctx.clock() })',
  },
  {
    name: 'typed-credential: no switch where nobody could connect',
    test: FORMS,
    testName: 'the switch cannot be on',
    file: 'src/recipes/load-recipe-facts.ts',
    find: "return parent.personal_form ? 'possible' : 'form_not_allowed'",
    replace: "return 'possible'",
  },
  {
    name: 'typed-credential: ten wrong ones an hour',
    test: FORMS,
    testName: 'is tried ten times an hour at most',
    file: 'src/connections/credential-tries.ts',
    find: 'if (!taken.allowed) {',
    replace: 'if (!taken.allowed && taken.used === 0) {',
  },
  {
    name: 'typed-credential: one account, one person',
    test: FORMS,
    testName: 'that somebody else connected is refused',
    file: 'src/asking/store-grant.ts',
    find: 'await refuseSharedAccount(tx, { parent, person, account })',
    replace: '',
  },
  {
    name: 'any-oauth-application: added scopes alone',
    test: 'test/scenarios/any-oauth-application.test.ts',
    testName: 'asks for added scopes alone',
    file: 'src/connections/parent-settings.ts',
    find: 'const ASKED = { scopes: undefined, scope_texts: undefined }',
    replace: 'const ASKED = { scope_texts: undefined }',
  },
  {
    name: 'any-oauth-application: scopes in the builder’s words',
    test: 'test/scenarios/any-oauth-application.test.ts',
    testName: 'in the words of its builder',
    file: 'src/connections/parent-settings.ts',
    find: 'const ASKED = { scopes: undefined, scope_texts: undefined }',
    replace: 'const ASKED = { scopes: undefined }',
  },
]
