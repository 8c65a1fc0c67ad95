import { Avatar, Menu, Text, UnstyledButton } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { request } from '../api/request.ts'
import { useAct } from '../api/use-act.ts'
import type { Session } from '../contract.ts'
import { Icon } from '../parts/icon.tsx'
import classes from './shell.module.css'

/** Who is signed in, where, and the way out. */
export function PersonMenu({ session: { person, workspace } }: { session: Session }) {
  const signOut = useAct({
    run: () => request('POST', '/session/sign_out'),
    refresh: false,
    done: () => window.location.assign('/sign-in'),
  })
  return (
    <Menu position="top-start" width="target" shadow="md">
      <Menu.Target>
        <UnstyledButton className={classes.person} aria-label={`Signed in as ${person.name}`}>
          <Avatar name={person.name} color="pine" radius="xl" size={34} />
          <div style={{ minWidth: 0 }}>
            <Text size="sm" fw={600} truncate>
              {person.name}
            </Text>
            <Text size="xs" c="dimmed" truncate>
              {workspace.name}
            </Text>
          </div>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{person.email ?? person.name}</Menu.Label>
        <Menu.Item component={Link} to="/my/account" leftSection={<Icon name="person" size={16} />}>
          My account
        </Menu.Item>
        <Menu.Item leftSection={<Icon name="leave" size={16} />} onClick={() => signOut.mutate()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
