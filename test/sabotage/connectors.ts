// biome-ignore-all lint/suspicious/noTemplateCurlyInString: sources are quoted here

import type { Sabotage } from '../sabotages.ts'

/** What the named connectors promise of safety, taken away one line at a time. */
export const connectorSabotages: Sabotage[] = [
  {
    name: 'connectors: a dead token in an answer of 200',
    test: 'test/scenarios/named-connectors.test.ts',
    testName: 'is connected by a person on its own pages',
    file: 'src/connections/request.ts',
    find: "(refusal?.code === 'outside_unauthorized' ? 401 : status)",
    replace: 'status',
  },
  {
    name: 'connectors: the application’s token for the person’s',
    test: 'src/connections/egress-fetch.test.ts',
    testName: 'are never those of the application',
    file: 'src/connections/egress-fetch.ts',
    find: "const rest = json.token_type === 'user' ? json : withoutTokens(json)",
    replace: 'const rest = json',
  },
  {
    name: 'connectors: a header in a subject',
    test: 'src/connectors/google/mail-message.test.ts',
    testName: 'lets neither a subject nor a text become a header',
    file: 'src/connectors/google/mail-message.ts',
    find: '`Subject: ${encodedWords(subject)}`',
    replace: '`Subject: ${subject}`',
  },
  {
    name: 'connectors: a header in a recipient',
    test: 'src/core/mail-addresses.test.ts',
    testName: 'is refused',
    file: 'src/core/mail-addresses.ts',
    find: '[a-z]{2,}$/i',
    replace: '[a-z]{2,}/i',
  },
  {
    name: 'connectors: a formula in a row',
    test: 'test/contracts/google-actions.test.ts',
    testName: 'never formulas',
    file: 'src/connectors/google/actions/append-rows.ts',
    find: "valueInputOption: 'RAW'",
    replace: "valueInputOption: 'USER_ENTERED'",
  },
  {
    name: 'connectors: a quote in a search of files',
    test: 'test/contracts/google-actions.test.ts',
    testName: 'whatever the name holds',
    file: 'src/connectors/google/actions/search-files.ts',
    find: "name.replace(/[\\\\']/g, '\\\\$&')",
    replace: 'name',
  },
  {
    name: 'connectors: an e-mail address that any tenant could have written',
    test: 'src/connectors/microsoft/account.test.ts',
    testName: 'does not believe an address',
    file: 'src/connectors/microsoft/account.ts',
    find: 'email: isAddress && !isGuest ? userPrincipalName : null',
    replace: 'email: (identity as { mail: string }).mail',
  },
  {
    name: 'connectors: a user of another workspace',
    test: 'src/connectors/slack/account.test.ts',
    testName: 'by workspace and user',
    file: 'src/connectors/slack/account.ts',
    find: 'id: `${team_id}/${user_id}`',
    replace: 'id: user_id',
  },
]
