import { ActionIcon, TextInput, UnstyledButton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useRef } from 'react'
import { myRecipesQuery } from '../../api/queries.ts'
import { Icon } from '../../parts/icon.tsx'
import classes from './chat.module.css'

/** The field one types in, with the commands that can be run beneath. A chip fills the field, so that parameters can follow. */
export function Composer(props: { text: string; onText: (text: string) => void; onSend: () => void }) {
  const { text, onText, onSend } = props
  const field = useRef<HTMLInputElement>(null)
  const recipes = useQuery(myRecipesQuery).data ?? []
  const commands = recipes.flatMap(({ command, name, description }) =>
    command === null ? [] : [{ command, title: description || name }],
  )
  const chips = [...commands, ...ALWAYS]
  return (
    <form
      className={classes.composer}
      onSubmit={(event) => {
        event.preventDefault()
        onSend()
      }}
    >
      <div className={classes.column}>
        <TextInput
          ref={field}
          value={text}
          onChange={(event) => onText(event.currentTarget.value)}
          placeholder="Type a command, for example help"
          aria-label="Message"
          size="md"
          radius="lg"
          autoComplete="off"
          autoFocus
          maxLength={4000}
          rightSectionWidth={48}
          rightSection={
            <ActionIcon type="submit" size={34} radius="md" aria-label="Send" disabled={text.trim() === ''}>
              <Icon name="send" />
            </ActionIcon>
          }
        />
        <div className={classes.chips}>
          {chips.map(({ command, title }) => (
            <UnstyledButton
              key={command}
              className={classes.chip}
              title={title}
              onClick={() => {
                onText(command)
                field.current?.focus()
              }}
            >
              {command}
            </UnstyledButton>
          ))}
        </div>
      </div>
    </form>
  )
}

const ALWAYS = [
  { command: 'connections', title: 'Your own accounts, connected and not' },
  { command: 'help', title: 'What you can run' },
]
