import { AppShell, Burger, Group, ScrollArea } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Outlet, useRouterState } from '@tanstack/react-router'
import { Suspense, useEffect } from 'react'
import { sessionQuery } from '../api/queries.ts'
import { Lines, Loaded } from '../parts/loaded.tsx'
import { Brand } from './brand.tsx'
import { Navigation } from './navigation.tsx'
import { PersonMenu } from './person-menu.tsx'
import classes from './shell.module.css'

/** What surrounds every page: navigation on the left, or behind a button on a narrow screen. Pages come when the session is known. */
export function Shell() {
  const [opened, { toggle, close }] = useDisclosure()
  const session = useQuery(sessionQuery)
  const path = useRouterState({ select: (state) => state.location.pathname })
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new page closes the menu
  useEffect(close, [path])
  return (
    <AppShell
      header={{ height: 52, collapsed: false }}
      navbar={{ width: 272, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      layout="alt"
      classNames={{ header: classes.header, navbar: classes.navbar, main: classes.main }}
    >
      <a className={classes.skip} href="#main">
        Skip to the page
      </a>
      <AppShell.Header hiddenFrom="sm">
        <Group h="100%" px="md" gap="sm">
          <Burger opened={opened} onClick={toggle} size="sm" aria-label="Navigation" />
          <Brand />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar>
        <Group px="md" h={64} justify="space-between">
          <Brand />
          <Burger opened onClick={close} size="sm" hiddenFrom="sm" aria-label="Close navigation" />
        </Group>
        <AppShell.Section grow component={ScrollArea} px="sm">
          {session.data && <Navigation session={session.data} />}
        </AppShell.Section>
        <AppShell.Section p="sm">{session.data && <PersonMenu session={session.data} />}</AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main id="main">
        <Loaded query={session} waiting={<Waiting />}>
          {() => (
            <Suspense fallback={<Waiting />}>
              <Outlet />
            </Suspense>
          )}
        </Loaded>
      </AppShell.Main>
    </AppShell>
  )
}

function Waiting() {
  return (
    <div className={classes.waiting}>
      <Lines />
    </div>
  )
}
