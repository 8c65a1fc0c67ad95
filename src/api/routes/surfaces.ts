import { createRoute, z } from '@hono/zod-openapi'
import type { CommandsContext } from '#commands/context.ts'
import { checkSurface, viewSurfaceFile } from '#commands/surfaces/set-up-surface.ts'
import { listSurfaces, removeSurfaceApp, saveSurfaceApp, viewSurface } from '#commands/surfaces/surface-apps.ts'
import { changeSurfaceInstallation, removeSurfaceInstallation } from '#commands/surfaces/surface-installations.ts'
import type { ApiApp } from '../api-env.ts'
import { presentSurface, presentSurfaceCheck, presentSurfaceInstallation } from '../presenters/surfaces.ts'
import { answers, answersAll, answersBytes, answersNothing, bodyOf, withId } from '../route-parts.ts'
import {
  Surface,
  SurfaceCheck,
  SurfaceInstallation,
  SurfaceInstallationChange,
  SurfaceSettings,
} from '../surfaces-contract.ts'

const tags = ['Surfaces']

/** The chats where people run recipes: the app an administrator sets up at each vendor, and where it is installed. */
export function surfaceRoutes(ctx: CommandsContext, app: ApiApp): void {
  app.openapi(list, async (c) => {
    const surfaces = await listSurfaces(ctx, c.get('actor'))
    return c.json({ data: surfaces.map((surface) => presentSurface(ctx, surface)) }, 200)
  })
  app.openapi(view, async (c) => {
    const surface = await viewSurface(ctx, c.get('actor'), c.req.valid('param').name)
    return c.json({ data: presentSurface(ctx, surface) }, 200)
  })
  app.openapi(save, async (c) => {
    const wanted = { surface: c.req.valid('param').name, ...c.req.valid('json') }
    const saved = await saveSurfaceApp(ctx, c.get('actor'), wanted)
    return c.json({ data: presentSurface(ctx, saved) }, 200)
  })
  app.openapi(remove, async (c) => {
    await removeSurfaceApp(ctx, c.get('actor'), c.req.valid('param').name)
    return c.body(null, 204)
  })
  app.openapi(check, async (c) => {
    const checks = await checkSurface(ctx, c.get('actor'), c.req.valid('param').name)
    return c.json({ data: checks.map(presentSurfaceCheck) }, 200)
  })
  app.openapi(download, async (c) => {
    const { name: surface, file: wanted } = c.req.valid('param')
    const file = await viewSurfaceFile(ctx, c.get('actor'), { surface, file: wanted })
    return c.body(new Uint8Array(file.content), 200, {
      'content-type': file.type,
      'content-disposition': `attachment; filename="${file.name}"`,
    })
  })
  app.openapi(changeInstallation, async (c) => {
    const { email_domains, allows_guests, allows_strangers } = c.req.valid('json')
    const changed = await changeSurfaceInstallation(ctx, c.get('actor'), c.req.valid('param').id, {
      ...(email_domains !== undefined && { emailDomains: email_domains }),
      ...(allows_guests !== undefined && { allowsGuests: allows_guests }),
      ...(allows_strangers !== undefined && { allowsStrangers: allows_strangers }),
    })
    return c.json({ data: presentSurfaceInstallation(changed) }, 200)
  })
  app.openapi(removeInstallation, async (c) => {
    await removeSurfaceInstallation(ctx, c.get('actor'), c.req.valid('param').id)
    return c.body(null, 204)
  })
}

const named = { name: z.string().max(60) }
const withName = { params: z.object(named) }

const list = createRoute({
  method: 'get',
  path: '/surfaces',
  operationId: 'listSurfaces',
  summary: 'The chats that can be set up, with what is saved and where each is installed',
  tags,
  responses: answersAll(Surface, 'By name, without their secrets.'),
})

const view = createRoute({
  method: 'get',
  path: '/surfaces/{name}',
  operationId: 'getSurface',
  summary: 'One of them: what to do, what is saved, where it is installed',
  tags,
  request: withName,
  responses: answers(Surface, 'Without its secrets.'),
})

const save = createRoute({
  method: 'put',
  path: '/surfaces/{name}',
  operationId: 'saveSurface',
  summary: 'Save what the app at the vendor needs; signing in by its client follows',
  tags,
  request: { ...withName, ...bodyOf(SurfaceSettings) },
  responses: answers(Surface, 'As it is now; what does not fit is refused by field, and nothing is saved then.'),
})

const remove = createRoute({
  method: 'delete',
  path: '/surfaces/{name}',
  operationId: 'removeSurface',
  summary: 'Take an app out: its secrets and installations are forgotten, sessions begun through it end',
  tags,
  request: withName,
  responses: answersNothing('Removed, or was not set up.'),
})

const check = createRoute({
  method: 'post',
  path: '/surfaces/{name}/check',
  operationId: 'checkSurface',
  summary: 'Try what is saved, each thing that must work in its turn',
  tags,
  request: withName,
  responses: answersAll(SurfaceCheck, 'What was found, in its order.'),
})

const download = createRoute({
  method: 'get',
  path: '/surfaces/{name}/files/{file}',
  operationId: 'getSurfaceFile',
  summary: 'A file to hand to the vendor, made for this server and what is saved',
  tags,
  request: { params: z.object({ ...named, file: z.string().max(120) }) },
  responses: answersBytes('The file, of the type that the surface says.'),
})

const changeInstallation = createRoute({
  method: 'patch',
  path: '/surface-installations/{id}',
  operationId: 'changeSurfaceInstallation',
  summary: 'Whose domains, guests and strangers an installation trusts',
  tags,
  request: { ...withId('surfaceInstallation'), ...bodyOf(SurfaceInstallationChange) },
  responses: answers(SurfaceInstallation, 'As it is now.'),
})

const removeInstallation = createRoute({
  method: 'delete',
  path: '/surface-installations/{id}',
  operationId: 'removeSurfaceInstallation',
  summary: 'Take the app out of one team or tenant, here: what it was given is forgotten',
  tags,
  request: withId('surfaceInstallation'),
  responses: answersNothing('Removed.'),
})
