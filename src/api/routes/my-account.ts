import { createRoute, z } from '@hono/zod-openapi'
import { deleteCookie } from 'hono/cookie'
import type { CommandsContext } from '#commands/context.ts'
import { cookieOf } from '#commands/identify.ts'
import { changeMyPassword } from '#commands/people/change-my-password.ts'
import { endMySession, getMySession, listMySessions } from '#commands/people/my-sessions.ts'
import { signOut } from '#commands/sign-in.ts'
import type { ApiApp } from '../api-env.ts'
import { SessionBody } from '../contract.ts'
import { presentMySession, presentPerson } from '../presenters/people.ts'
import { answers, answersAll, answersNothing, bodyOf, withId } from '../route-parts.ts'
import { MySession } from '../workspace-contract.ts'

const tags = ['My account']

/** Who is signed in, with what rights, in which browsers. For a person’s session alone. */
export function myAccountRoutes(ctx: CommandsContext, app: ApiApp): void {
  app.openapi(getSession, async (c) => {
    const { person, workspace, privileges } = await getMySession(ctx, c.get('actor'))
    const data = { person: presentPerson(person), workspace, privileges, public_url: ctx.publicUrl.origin }
    return c.json({ data }, 200)
  })
  app.openapi(signOutRoute, async (c) => {
    await signOut(ctx, c.get('actor'))
    const { name, options } = cookieOf(ctx)
    deleteCookie(c, name, { path: options.path, secure: options.secure })
    return c.body(null, 204)
  })
  app.openapi(changePassword, async (c) => {
    const { current_password, new_password } = c.req.valid('json')
    await changeMyPassword(ctx, c.get('actor'), { currentPassword: current_password, newPassword: new_password })
    return c.body(null, 204)
  })
  app.openapi(listSessions, async (c) => {
    const sessions = await listMySessions(ctx, c.get('actor'))
    return c.json({ data: sessions.map(presentMySession) }, 200)
  })
  app.openapi(endSession, async (c) => {
    await endMySession(ctx, c.get('actor'), { sessionId: c.req.valid('param').id })
    return c.body(null, 204)
  })
}

const PasswordChange = z
  .strictObject({ current_password: z.string().max(1000), new_password: z.string().max(1000) })
  .openapi('PasswordChange')

const getSession = createRoute({
  method: 'get',
  path: '/session',
  operationId: 'getSession',
  summary: 'The signed-in person, their workspace and privileges',
  tags,
  responses: answers(SessionBody, 'Who is signed in.'),
})

const signOutRoute = createRoute({
  method: 'post',
  path: '/session/sign_out',
  operationId: 'signOut',
  summary: 'Sign out of this browser',
  tags,
  responses: answersNothing('Signed out.'),
})

const changePassword = createRoute({
  method: 'post',
  path: '/me/password',
  operationId: 'changeMyPassword',
  summary: 'Change my password; my other sessions end',
  tags,
  request: bodyOf(PasswordChange),
  responses: answersNothing('Changed.'),
})

const listSessions = createRoute({
  method: 'get',
  path: '/me/sessions',
  operationId: 'listMySessions',
  summary: 'The browsers in which I am signed in',
  tags,
  responses: answersAll(MySession, 'My live sessions, the one last seen first.'),
})

const endSession = createRoute({
  method: 'delete',
  path: '/me/sessions/{id}',
  operationId: 'endMySession',
  summary: 'Forget one of my browsers; what it had begun to connect ends',
  tags,
  request: withId('session'),
  responses: answersNothing('Ended.'),
})
