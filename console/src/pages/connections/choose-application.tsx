import { Text, UnstyledButton } from '@mantine/core'
import type { Connector } from '../../contract.ts'
import { AppIcon } from '../../parts/app-icon.tsx'
import classes from './new-connection.module.css'

interface ChooseApplicationProps {
  connectors: Connector[]
  chosen: Connector | undefined
  onChoose: (connector: Connector) => void
}

/** The applications, those that are set up for any one last. */
export function ChooseApplication({ connectors, chosen, onChoose }: ChooseApplicationProps) {
  const isGeneric = ({ name }: Connector) => Number(name.startsWith('generic-'))
  const ordered = [...connectors].sort((a, b) => isGeneric(a) - isGeneric(b) || a.label.localeCompare(b.label))
  return (
    <div className={classes.choices} role="radiogroup" aria-label="Application">
      {ordered.map((one) => (
        <UnstyledButton
          key={one.name}
          className={classes.choice}
          role="radio"
          aria-checked={one === chosen}
          onClick={() => onChoose(one)}
        >
          <AppIcon svg={one.icon} size={36} />
          <span>
            <Text fw={600} component="span" display="block">
              {one.label}
            </Text>
            {isGeneric(one) === 1 && (
              <Text size="xs" c="dimmed" component="span" display="block">
                {one.has_presets ? 'Any other application, with presets' : 'Any address, with any credential'}
              </Text>
            )}
          </span>
        </UnstyledButton>
      ))}
    </div>
  )
}
