import { OpenAPIHono } from '@hono/zod-openapi'
import type { CommandsContext } from '#commands/context.ts'
import { UserError } from '#core/errors.ts'
import type { ApiApp, ApiEnv } from './api-env.ts'
import { apiKeyRoutes } from './routes/api-keys.ts'
import { auditRoutes } from './routes/audit-events.ts'
import { describeChat } from './routes/chat.ts'
import { connectionHistoryRoutes } from './routes/connection-history.ts'
import { connectionSetUpRoutes } from './routes/connection-set-up.ts'
import { connectionRoutes } from './routes/connections.ts'
import { connectorRoutes } from './routes/connectors.ts'
import { consentRoutes } from './routes/consents.ts'
import { delegationRequestRoutes } from './routes/delegation-requests.ts'
import { delegationRoutes } from './routes/delegations.ts'
import { documentRoutes } from './routes/documents.ts'
import { externalConnectionRoutes } from './routes/external-connections.ts'
import { groupRoutes } from './routes/groups.ts'
import { identityRoutes } from './routes/identities.ts'
import { jobRoutes } from './routes/jobs.ts'
import { mappingPreviewRoutes } from './routes/mapping-preview.ts'
import { myAccountRoutes } from './routes/my-account.ts'
import { myRoutes } from './routes/my-things.ts'
import { namespaceRoutes } from './routes/namespaces.ts'
import { peopleRoutes } from './routes/people.ts'
import { projectRoutes } from './routes/projects.ts'
import { recipeFileRoutes } from './routes/recipe-files.ts'
import { recipeVersionRoutes } from './routes/recipe-versions.ts'
import { recipeRoutes } from './routes/recipes.ts'
import { resumeAskingRoutes } from './routes/resume-asking.ts'
import { revokeManyRoutes } from './routes/revoke-many.ts'
import { runRoutes } from './routes/run-recipes.ts'
import { runtimeConnectionRoutes } from './routes/runtime-user-connections.ts'
import { sealingKeyRoutes } from './routes/sealing-key.ts'
import { servicePersonRoutes } from './routes/service-persons.ts'
import { signInProviderRoutes } from './routes/sign-in-providers.ts'
import { surfaceRoutes } from './routes/surfaces.ts'
import { workspaceSettingsRoutes } from './routes/workspace-settings.ts'
import { answerError, refuseUnfit } from './steps/answer-error.ts'
import { exactNumbers } from './steps/exact-numbers.ts'
import { identify } from './steps/identify.ts'
import { limitBody } from './steps/limit-body.ts'
import { neverStore } from './steps/never-store.ts'

/**
 * The HTTP API, to be mounted at `/api`. A request passes the named steps from top to bottom; all but the two published documents need
 * somebody who acts. Whatever is thrown on the way is answered by one handler. What another site made a browser send never comes this far:
 * the server refuses it for every route at once.
 */
export function apiRoutes(ctx: CommandsContext): ApiApp {
  const app: ApiApp = new OpenAPIHono<ApiEnv>({ defaultHook: refuseUnfit })
  app.onError(answerError(ctx))
  app.use('*', neverStore)
  documentRoutes(ctx, app)
  app.use('*', identify(ctx))
  app.use('*', limitBody)
  app.use('*', exactNumbers)
  for (const addRoutes of ROUTES) addRoutes(ctx, app)
  app.all('*', () => {
    throw new UserError('route_not_found', 'The API has nothing here. Its routes are listed in /api/openapi.json.', {
      status: 404,
    })
  })
  return app
}

const ROUTES: ((ctx: CommandsContext, app: ApiApp) => void)[] = [
  myAccountRoutes,
  myRoutes,
  workspaceSettingsRoutes,
  consentRoutes,
  delegationRoutes,
  delegationRequestRoutes,
  peopleRoutes,
  identityRoutes,
  servicePersonRoutes,
  resumeAskingRoutes,
  groupRoutes,
  projectRoutes,
  sealingKeyRoutes,
  apiKeyRoutes,
  namespaceRoutes,
  signInProviderRoutes,
  surfaceRoutes,
  auditRoutes,
  connectorRoutes,
  // Before the connections, one of whose ids its path would be taken for.
  runtimeConnectionRoutes,
  externalConnectionRoutes,
  revokeManyRoutes,
  connectionRoutes,
  connectionSetUpRoutes,
  connectionHistoryRoutes,
  recipeRoutes,
  recipeVersionRoutes,
  recipeFileRoutes,
  mappingPreviewRoutes,
  runRoutes,
  jobRoutes,
  describeChat,
]
