import { saveSurfaceApp } from '../../src/commands/surfaces/surface-apps.ts'
import { noteInstallation } from '../../src/commands/surfaces/surface-installations.ts'
import { type Speaks, type SurfaceProfile, whoSpeaks } from '../../src/commands/surfaces/who-speaks.ts'
import type { SurfaceApp, SurfaceInstallation } from '../../src/core/surface-app.ts'
import { actorOf } from '../../src/people/actor.ts'
import type { Person } from '../../src/people/person.ts'
import type { TestBehalf, TestPerson } from './behalf.ts'
import { COURIER_SETTINGS } from './courier.ts'

/** Sets Courier up on a server that has it, as this person, and installs it there. */
export async function installCourier(
  { ctx, owner }: TestBehalf,
  { tenant, label, by = owner }: { tenant: string; label: string; by?: TestPerson },
): Promise<{ app: SurfaceApp; installation: SurfaceInstallation }> {
  const actor = actorOf(by.person)
  const { app } = await saveSurfaceApp(ctx, actor, { surface: 'courier', ...COURIER_SETTINGS })
  if (!app) throw new Error('the surface was not saved')
  const wanted = { app, tenant, label, facts: {}, credential: 'a-planted-bot-token' }
  return { app, installation: await noteInstallation(ctx, actor, wanted) }
}

type Installed = Awaited<ReturnType<typeof installCourier>>

/** Somebody says something in Courier, as its vendor describes them. */
export function speak(
  { ctx }: TestBehalf,
  { app, installation }: Installed,
  profile: Partial<SurfaceProfile> & { user: string },
): Promise<Speaks> {
  const { tenant } = installation
  const unknown = { tenant, name: profile.user, email: null, emailVerified: null, kind: 'member' } as const
  return whoSpeaks(ctx, app, installation, { ...unknown, ...profile })
}

/** As whom they speak. */
export async function speaksAs(
  behalf: TestBehalf,
  installed: Installed,
  profile: Parameters<typeof speak>[2],
): Promise<Person> {
  const speaks = await speak(behalf, installed, profile)
  if ('refused' in speaks) throw new Error(speaks.refused)
  return speaks.actor.person
}
