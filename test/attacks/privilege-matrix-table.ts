/**
 * Every route the server has, and what it answers to whom: the HTTP status for nobody, for each built-in role, for an API key that lacks
 * one of the privileges named at the end (each in turn), and for one that has exactly those. `a|b` is a key with either; `-` is none.
 * `open` is any answer that is no refusal: what the console's build decides. What stands in brackets tells rows of one route apart.
 */
const TABLE = `
                                                          nobody member operator analyst admin owner | key- key+ | privileges
-- for everybody
GET /health                                                 200    200     200      200    200   200 |  200  200 | -
GET /page.css                                               200    200     200      200    200   200 |  200  200 | -
GET /assets/*                                              open   open    open     open   open  open | open open | -
GET /*                                                     open   open    open     open   open  open | open open | -
GET /api/openapi.json                                       200    200     200      200    200   200 |  200  200 | -
GET /api/schemas/recipe.json                                200    200     200      200    200   200 |  200  200 | -
ALL /api/*                                                  401    404     404      404    404   404 |  404  404 | -
POST /hooks/:recipe/:secret                                 202    202     202      202    202   202 |  202  202 | -
POST /hooks/:recipe/:secret (wrong secret)                  404    404     404      404    404   404 |  404  404 | -
POST /surfaces/slack/events                                 401    401     401      401    401   401 |  401  401 | -
GET /surfaces/slack/install (not set up)                    401    403     403      403    409   409 |  401  401 | -
GET /surfaces/slack/callback (not set up)                   401    403     403      403    409   409 |  401  401 | -
POST /surfaces/teams/:app/messages                          401    401     401      401    401   401 |  401  401 | -
ALL /hooks/:recipe/:secret                                  405    405     405      405    405   405 |  405  405 | -

-- signing in
GET /sign-in                                                200    303     303      303    303   303 |  200  200 | -
POST /sign-in (wrong password)                              401    401     401      401    401   401 |  401  401 | -
GET /sign-in/with/:provider (unknown)                       404    404     404      404    404   404 |  404  404 | -
GET /sign-in/callback/:provider                             403    403     403      403    403   403 |  403  403 | -
GET /welcome (set up already)                               303    303     303      303    303   303 |  303  303 | -
POST /welcome (set up already)                              409    409     409      409    409   409 |  409  409 | -

-- another person's connect page
GET /connect/l/:token                                       200    403     403      403    403   403 |  200  200 | -
POST /connect/l/:token                                      303    403     403      403    403   403 |  303  303 | -
POST /connect/l/:token/fresh                                200    200     200      200    200   200 |  200  200 | -
POST /connect/v/:visit/fresh                                303    403     403      403    403   403 |  303  303 | -
GET /connect/v/:visit                                       303    403     403      403    403   403 |  303  303 | -
POST /connect/v/:visit                                      303    403     403      403    403   403 |  303  303 | -
GET /connect/confirm/:attempt                               403    403     403      403    403   403 |  403  403 | -
POST /connect/confirm/:attempt                              403    403     403      403    403   403 |  403  403 | -
GET /connect/callback/:connection                           403    403     403      403    403   403 |  403  403 | -

-- one's own
GET /api/session                                            401    200     200      200    200   200 |  403  403 | -
POST /api/session/sign_out                                  401    204     204      204    204   204 |  403  403 | -
POST /api/me/password                                       401    204     204      204    204   204 |  403  403 | -
GET /api/me/sessions                                        401    200     200      200    200   200 |  403  403 | -
DELETE /api/me/sessions/:id                                 401    204     204      204    204   204 |  403  403 | -
DELETE /api/me/sessions/:id (another's)                     401    404     404      404    404   404 |  403  403 | -
GET /api/me/connections                                     401    200     200      200    200   200 |  403  403 | -
POST /api/me/connections/:parent_id/connect                 401    200     200      200    200   200 |  403  403 | -
POST /api/me/connections/:parent_id/connect (not needed)    401    403     403      403    403   403 |  403  403 | -
GET /api/me/consents                                        401    200     200      200    200   200 |  403  403 | -
DELETE /api/me/consents/:id (another's)                     401    404     404      404    404   404 |  403  403 | -
GET /api/me/delegations                                     401    200     200      200    200   200 |  403  403 | -
POST /api/me/delegations (another's)                        401    404     404      404    404   404 |  403  403 | -
DELETE /api/me/delegations/:id (another's)                  401    404     404      404    404   404 |  403  403 | -
GET /api/me/delegation_requests                             401    200     200      200    200   200 |  403  403 | -
POST /api/me/delegation_requests/:id/accept (another's)     401    404     404      404    404   404 |  403  403 | -
POST /api/me/delegation_requests/:id/decline (another's)    401    404     404      404    404   404 |  403  403 | -
GET /api/me/recipes                                         401    200     200      200    200   200 |  403  403 | -
GET /api/me/jobs                                            401    200     200      200    200   200 |  403  403 | -
GET /api/chat/messages                                      401    200     200      200    200   200 |  401  401 | -
POST /api/chat/messages                                     401    200     200      200    200   200 |  401  401 | -
POST /api/chat/presses (another's)                          401    200     200      200    200   200 |  401  401 | -
GET /api/chat/stream                                        401    200     200      200    200   200 |  401  401 | -

-- people
GET /api/people                                             401    403     403      403    200   200 |  403  200 | people.view
POST /api/people                                            401    403     403      403    201   201 |  403  201 | people.edit recipes.run
POST /api/people (an owner)                                 401    403     403      403    403   201 |  403  403 | people.edit
PATCH /api/people/:id                                       401    403     403      403    200   200 |  403  200 | people.edit recipes.run
PATCH /api/people/:id (an owner)                            401    403     403      403    403   200 |  403  403 | people.edit
PATCH /api/people/:id (made an owner)                       401    403     403      403    403   200 |  403  403 | people.edit
POST /api/people/:id/deactivate                             401    403     403      403    200   200 |  403  200 | people.edit recipes.run
POST /api/people/:id/deactivate (an owner)                  401    403     403      403    403   200 |  403  403 | people.edit
GET /api/people/:id/connections                             401    403     403      200    200   200 |  403  200 | runtime_user_connections.view
GET /api/people/:id/identities                              401    403     403      403    200   200 |  403  200 | people.edit
POST /api/people/:id/identities                             401    403     403      403    200   200 |  403  200 | people.edit recipes.run
POST /api/people/:id/identities (an owner's)                401    403     403      403    403   200 |  403  403 | people.edit
DELETE /api/people/:id/identities/:identity_id              401    403     403      403    204   204 |  403  204 | people.edit recipes.run
POST /api/people/:id/reactivate                             401    403     403      403    200   200 |  403  200 | people.edit recipes.run
POST /api/people/:id/resume-asking                          401    403     403      403    204   204 |  403  204 | people.edit
GET /api/roles                                              401    403     403      403    200   200 |  403  200 | people.view|api_keys.edit
GET /api/groups                                             401    403     403      403    200   200 |  403  200 | people.view
POST /api/groups                                            401    403     403      403    201   201 |  403  201 | people.edit
PATCH /api/groups/:id                                       401    403     403      403    200   200 |  403  200 | people.edit
DELETE /api/groups/:id                                      401    403     403      403    204   204 |  403  204 | people.edit
PUT /api/groups/:id/members                                 401    403     403      403    200   200 |  403  200 | people.edit
GET /api/workspace/sealing-key                              401    403     403      403    200   200 |  403  200 | workspace_settings.edit
POST /api/workspace/sealing-key/rotate                      401    403     403      403    200   200 |  403  200 | workspace_settings.edit
GET /api/projects                                           401    403     200      200    200   200 |  403  200 | recipes.view|connections.view|runtime_user_connections.view|projects.edit
POST /api/projects                                          401    403     403      403    201   201 |  403  201 | projects.edit
GET /api/api_keys                                           401    403     403      403    200   200 |  403  200 | api_keys.edit
POST /api/api_keys                                          401    403     403      403    201   201 |  403  403 | api_keys.edit
DELETE /api/api_keys/:id                                    401    403     403      403    204   204 |  403  204 | api_keys.edit
GET /api/sign-in-providers                                  401    403     403      403    200   200 |  403  200 | workspace_settings.edit
POST /api/sign-in-providers                                 401    403     403      403    201   201 |  403  201 | workspace_settings.edit
PATCH /api/sign-in-providers/:id                            401    403     403      403    200   200 |  403  200 | workspace_settings.edit
DELETE /api/sign-in-providers/:id                           401    403     403      403    204   204 |  403  204 | workspace_settings.edit
POST /api/sign-in-providers/:id/test (nothing there)        401    403     403      403    502   502 |  403  502 | workspace_settings.edit
GET /api/surfaces                                           401    403     403      403    200   200 |  403  200 | workspace_settings.edit
GET /api/surfaces/:name                                     401    403     403      403    200   200 |  403  200 | workspace_settings.edit
PUT /api/surfaces/:name                                     401    403     403      403    200   200 |  403  200 | workspace_settings.edit
DELETE /api/surfaces/:name                                  401    403     403      403    204   204 |  403  204 | workspace_settings.edit
POST /api/surfaces/:name/check                              401    403     403      403    200   200 |  403  200 | workspace_settings.edit
GET /api/surfaces/:name/files/:file                         401    403     403      403    200   200 |  403  200 | workspace_settings.edit
PATCH /api/surface-installations/:id                        401    403     403      403    200   200 |  403  200 | workspace_settings.edit
DELETE /api/surface-installations/:id                       401    403     403      403    204   204 |  403  204 | workspace_settings.edit
GET /api/namespaces                                         401    403     403      403    200   200 |  403  200 | api_keys.edit
POST /api/namespaces                                        401    403     403      403    201   201 |  403  403 | api_keys.edit
PATCH /api/namespaces/:id                                   401    403     403      403    200   200 |  403  403 | api_keys.edit
DELETE /api/namespaces/:id                                  401    403     403      403    204   204 |  403  403 | api_keys.edit
POST /api/people (a service person)                         401    403     403      201    201   201 |  403  201 | connections.create
POST /api/people/:id/connections                            401    403     403      200    200   200 |  403  403 | connections.create
POST /api/people/:id/connections (of a human)               401    403     403      403    403   403 |  403  403 | connections.create
GET /api/audit_events                                       401    403     403      403    200   200 |  403  200 | audit_log.view

-- the workspace
GET /api/workspace/settings                                 401    403     403      403    200   200 |  403  200 | workspace_settings.edit
PATCH /api/workspace/settings                               401    403     403      403    200   200 |  403  200 | workspace_settings.edit

-- connections
GET /api/connectors                                         401    200     200      200    200   200 |  200  200 | -
GET /api/connectors/:name/presets                           401    200     200      200    200   200 |  200  200 | -
GET /api/connectors/:name/guide                             401    200     200      200    200   200 |  200  200 | -
GET /api/connections                                        401    403     403      200    200   200 |  403  200 | connections.view
GET /api/connections (with people's own)                    401    403     403      200    200   200 |  403  200 | connections.view runtime_user_connections.view
POST /api/connections                                       401    403     403      201    201   201 |  403  201 | connections.create
GET /api/connections/:id                                    401    403     403      200    200   200 |  403  200 | connections.view
PATCH /api/connections/:id                                  401    403     403      204    204   204 |  403  204 | connections.edit
POST /api/connections/:id/connect                           401    403     403      200    200   200 |  403  403 | connections.edit
GET /api/connections/:id/consequences                       401    403     403      200    200   200 |  403  200 | connections.edit
GET /api/connections/:id/consequences (of deleting)         401    403     403      200    200   200 |  403  200 | connections.delete
POST /api/connections/reserve                               401    403     403      200    200   200 |  403  200 | connections.create
POST /api/connections/:id/test                              401    403     403      200    200   200 |  403  200 | connections.edit
POST /api/connections/:id/disconnect                        401    403     403      204    204   204 |  403  204 | connections.edit
DELETE /api/connections/:id                                 401    403     403      204    204   204 |  403  204 | connections.delete
GET /api/connections/:id/uses                               401    403     403      200    200   200 |  403  200 | connections.view
GET /api/connections/:id/events                             401    403     403      200    200   200 |  403  200 | connections.view

-- another person's own connection
GET /api/connections/runtime_user_connections               401    403     403      200    200   200 |  403  200 | runtime_user_connections.view
GET /api/connections/runtime_user_connections/export.csv    401    403     403      200    200   200 |  403  200 | runtime_user_connections.view
GET /api/runtime-user-connections/revoke/consequences       401    403     403      200    200   200 |  403  200 | runtime_user_connections.edit
POST /api/runtime-user-connections/revoke                   401    403     403      200    200   200 |  403  200 | runtime_user_connections.edit
POST /api/runtime-user-connections/revoke (deleting)        401    403     403      200    200   200 |  403  200 | connections.delete
GET /api/runtime-user-connections/revoke/:id                401    403     403      200    200   200 |  403  200 | runtime_user_connections.view
GET /api/runtime-user-connections/limits                    401    403     403      200    200   200 |  403  200 | runtime_user_connections.view
GET /api/connections/:id/children                           401    403     403      200    200   200 |  403  200 | connections.view runtime_user_connections.view
GET /api/delegations                                        401    403     403      200    200   200 |  403  200 | runtime_user_connections.view
DELETE /api/delegations/:id                                 401    403     403      204    204   204 |  403  204 | runtime_user_connections.edit
GET /api/connections/:id/consents (another's)               401    403     403      200    200   200 |  403  200 | runtime_user_connections.view
POST /api/connections/:id/ask-again (another's)             401    403     403      204    204   204 |  403  204 | runtime_user_connections.edit
GET /api/connections/:id (another's)                        401    403     403      200    200   200 |  403  200 | runtime_user_connections.view
GET /api/connections/:id/consequences (another's)           401    403     403      200    200   200 |  403  200 | runtime_user_connections.edit
POST /api/connections/:id/disconnect (another's)            401    403     403      204    204   204 |  403  204 | runtime_user_connections.edit
DELETE /api/connections/:id (another's)                     401    403     403      204    204   204 |  403  204 | connections.delete
GET /api/connections/:id/uses (another's)                   401    403     403      200    200   200 |  403  200 | runtime_user_connections.view
GET /api/connections/:id/events (another's)                 401    403     403      200    200   200 |  403  200 | runtime_user_connections.view

-- people of a product, by keys of its namespace alone: test/attacks/external-tie.test.ts
POST /api/connections/runtime_user_connections              401    403     403      403    403   403 |  403  403 | -
GET /api/connections/runtime_user_connections/:id/get_oauth_url 401 403    403      403    403   403 |  403  403 | -
POST /api/connections/runtime_user_connections/:id/complete 401    403     403      403    403   403 |  403  403 | -
DELETE /api/people/external/:external_id                    401    403     403      403    403   403 |  403  403 | -
GET /connect/external/:token                                200    200     200      200    200   200 |  200  200 | -
GET /connect/external/:token (another person's link)        404    404     404      404    404   404 |  404  404 | -
POST /connect/external/:token (without a cookie)            400    400     400      400    400   400 |  400  400 | -
GET /connect/external/v/:visit (another browser's)          404    404     404      404    404   404 |  404  404 | -
POST /connect/external/v/:visit (another browser's)         404    404     404      404    404   404 |  404  404 | -

-- recipes
GET /api/recipes                                            401    403     200      200    200   200 |  403  200 | recipes.view
GET /api/recipes/:id                                        401    403     200      200    200   200 |  403  200 | recipes.view
GET /api/recipes/:id/delegations                            401    403     200      200    200   200 |  403  200 | recipes.view
GET /api/recipes/:id/versions                               401    403     200      200    200   200 |  403  200 | recipes.view
GET /api/recipes/:id/export                                 401    403     200      200    200   200 |  403  200 | recipes.view
POST /api/recipes                                           401    403     403      201    201   201 |  403  201 | recipes.edit
POST /api/recipes (switch on)                               401    403     403      201    201   201 |  403  201 | recipes.edit runtime_user_connections.view runtime_user_connections.edit
POST /api/recipes/import                                    401    403     403      201    201   201 |  403  201 | recipes.edit
POST /api/recipes/import (switch on)                        401    403     403      201    201   201 |  403  201 | recipes.edit runtime_user_connections.view runtime_user_connections.edit
POST /api/projects/:id/import                               401    403     403      200    200   200 |  403  200 | recipes.edit
POST /api/projects/:id/import (switch on)                   401    403     403      200    200   200 |  403  200 | recipes.edit runtime_user_connections.view runtime_user_connections.edit
GET /api/projects/:id/export                                401    403     200      200    200   200 |  403  200 | recipes.view
POST /api/recipes/push                                      401    403     403      200    200   200 |  403  200 | recipes.view recipes.edit
POST /api/recipes/push (switch on)                          401    403     403      200    200   200 |  403  200 | recipes.view recipes.edit runtime_user_connections.view runtime_user_connections.edit
POST /api/recipes/validate                                  401    403     403      200    200   200 |  403  200 | recipes.view recipes.edit
GET /api/recipes/:id/differences                            401    403     200      200    200   200 |  403  200 | recipes.view
POST /api/recipes/:id/copy                                  401    403     403      201    201   201 |  403  201 | recipes.view recipes.edit
POST /api/recipes/:id/copy (switch on)                      401    403     403      201    201   201 |  403  201 | recipes.view recipes.edit runtime_user_connections.view runtime_user_connections.edit
POST /api/recipes/:id/delegations/ask (not named)           401    403     403      409    409   409 |  403  409 | recipes.edit
PUT /api/recipes/:id                                        401    403     403      200    200   200 |  403  200 | recipes.edit
PUT /api/recipes/:id (switch turned on)                     401    403     403      200    200   200 |  403  200 | recipes.edit runtime_user_connections.view runtime_user_connections.edit
POST /api/recipes/:id/restore                               401    403     403      200    200   200 |  403  200 | recipes.view recipes.edit
POST /api/recipes/:id/restore (switch turned on)            401    403     403      200    200   200 |  403  200 | recipes.view recipes.edit runtime_user_connections.view runtime_user_connections.edit
POST /api/recipes/:id/mapping_preview                       401    403     403      200    200   200 |  403  200 | recipes.edit
PUT /api/recipes/:id/runners                                401    403     403      200    200   200 |  403  200 | recipes.edit
POST /api/recipes/:id/webhook                               401    403     403      200    200   200 |  403  200 | recipes.edit
DELETE /api/recipes/:id                                     401    403     403      204    204   204 |  403  204 | recipes.edit
POST /api/recipes/:id/start                                 401    403     403      200    200   200 |  403  200 | recipes.start_stop
POST /api/recipes/:id/stop                                  401    403     403      200    200   200 |  403  200 | recipes.start_stop
POST /api/recipes/:id/run                                   401    202     202      202    202   202 |  403  202 | recipes.run
POST /api/recipes/:id/run (not shared)                      401    403     403      403    403   403 |  403  202 | recipes.run
POST /api/recipes/:id/run (switch on)                       401    202     202      202    202   202 |  403  403 | recipes.run

-- another person's job
GET /api/jobs                                               401    403     200      403    200   200 |  403  200 | job_history.view
GET /api/jobs/:id                                           401    404     200      404    200   200 |  404  200 | job_history.view
POST /api/jobs/:id/answer                                   401    404     404      404    404   404 |  404  404 | -
POST /api/jobs/:id/cancel                                   401    404     404      404    204   204 |  404  204 | job_history.view recipes.start_stop
POST /api/jobs/:id/rerun                                    401    404     403      404    403   403 |  404  403 | job_history.view
POST /api/jobs/:id/rerun (nobody's)                         401    404     403      202    202   202 |  403  202 | recipes.edit recipes.run
POST /api/jobs/:id/ask-rerun                                401    404     204      404    204   204 |  404  204 | job_history.view
POST /api/jobs/:id/share                                    401    404     404      404    404   404 |  404  404 | -
DELETE /api/jobs/:id/share                                  401    404     404      404    404   404 |  404  404 | -
`

/** Who asks, in the order of the columns. */
export const COLUMNS = ['nobody', 'member', 'operator', 'analyst', 'admin', 'owner', 'key-', 'key+'] as const
export type Column = (typeof COLUMNS)[number]

export interface Row {
  /** `GET /api/people`, as the server names it. */
  route: string
  /** The route with what stands in brackets behind it. */
  name: string
  expected: Record<Column, string>
  privileges: string
}

export const ROWS: Row[] = TABLE.split('\n')
  .filter((line) => /^[A-Z]+ \//.test(line))
  .map(readRow)

/** `GET /api/people (an owner)   401 … | 403 200 | people.view` */
function readRow(line: string): Row {
  const parts = /^([A-Z]+ \S+)( \([^)]*\))? +([^|]*)\|([^|]*)\| (\S.*)$/.exec(line)
  const [, route = '', variant = '', roles = '', keys = '', privileges = ''] = parts ?? []
  const cells = `${roles} ${keys}`.trim().split(/\s+/)
  if (cells.length !== COLUMNS.length) throw new Error(`not ${COLUMNS.length} cells: ${line}`)
  const expected = Object.fromEntries(COLUMNS.map((column, i) => [column, cells[i]])) as Row['expected']
  return { route, name: route + variant, expected, privileges }
}
