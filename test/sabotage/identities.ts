import type { Sabotage } from '../sabotages.ts'

const IDENTITIES = 'test/scenarios/identities.test.ts'
const DISGUISE = 'test/attacks/surface-in-disguise.test.ts'
const SURFACES = 'test/scenarios/setting-up-surfaces.test.ts'

/** What keeps a chat account from becoming a way into somebody else, and a surface's secrets where they belong. */
export const identitySabotages: Sabotage[] = [
  {
    name: 'identities: an administrator takes an owner’s chat account',
    test: IDENTITIES,
    testName: 'no way to become an owner',
    file: 'src/commands/people/identities.ts',
    find: 'requireAssignable(actor, from.role, to.role)',
    replace: '',
  },
  {
    name: 'identities: whoever is shut out comes back as somebody new',
    test: IDENTITIES,
    testName: 'stays shut out',
    file: 'src/commands/people/identities.ts',
    find: "if (status === 'active') return",
    replace: 'return',
  },
  {
    name: 'identities: sessions outlive the account they were begun through',
    test: IDENTITIES,
    testName: 'its sessions and links end',
    file: 'src/people/sessions.ts',
    find: 'if (providerIds.length === 0) return 0',
    replace: 'return 0',
  },
  {
    name: 'identities: a link outlives the account it was sent to',
    test: IDENTITIES,
    testName: 'what was begun through an account',
    file: 'src/commands/people/identities.ts',
    find: 'if (identity.isInChat) await',
    replace: 'if (!identity.isInChat) await',
  },
  {
    name: 'identities: a job goes on asking and telling in an account that is its person’s no longer',
    test: IDENTITIES,
    testName: 'who is asked and answered on the web alone',
    file: 'src/commands/people/identities.ts',
    find: 'return identity.isInChat ? readdressJobs(ctx, tx, person, identity.kind) : []',
    replace: 'return []',
  },
  {
    name: 'identities: a password is linked like a chat account',
    test: IDENTITIES,
    testName: 'only a chat account is linked',
    file: 'src/people/identities.ts',
    find: "'^(password|external):'",
    replace: "'^(external):'",
  },
  {
    name: 'surface-in-disguise',
    test: DISGUISE,
    testName: 'no secret that is kept is sent there',
    file: 'src/commands/surfaces/surface-apps.ts',
    find: 'if (secret && moved && isKept',
    replace: 'if (secret && !moved && isKept',
  },
  {
    name: 'surface-in-disguise: another address speaks for those the former one named',
    test: DISGUISE,
    testName: 'speaks for nobody whom the former one named',
    file: 'src/commands/surfaces/surface-apps.ts',
    find: '(moved ? await forgetVendor(ctx, tx, actor, app) : 0)',
    replace: '0',
  },
  {
    name: 'surface-in-disguise: an administrator speaks in an owner’s name',
    test: DISGUISE,
    testName: 'speaks in no owner’s name',
    file: 'src/commands/surfaces/trust-in-app.ts',
    find: 'if (isOwner(actor)) return 0',
    replace: 'return 0',
  },
  {
    name: 'surface-in-disguise: setting it up anew brings a name back',
    test: DISGUISE,
    testName: 'brings nobody’s name back',
    file: 'src/commands/surfaces/surface-apps.ts',
    find: "const forgotten = await forgetAccounts(tx, app, 'everybody')",
    replace: 'const forgotten = 0',
  },
  {
    name: 'surfaces: another workspace’s installation is changed',
    test: SURFACES,
    testName: 'those of another workspace are not there',
    file: 'src/connections/surface-installations.ts',
    find: "    .where('workspace_id', '=', workspaceId)\n    .orderBy('label')",
    replace: "    .where('workspace_id', '<>', '')\n    .orderBy('label')",
  },
  {
    name: 'surfaces: what does not fit is saved',
    test: SURFACES,
    testName: 'nothing of it is saved',
    file: 'src/commands/surfaces/surface-apps.ts',
    find: 'if (problems.length === 0) return',
    replace: 'return',
  },
]
