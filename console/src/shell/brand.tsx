import { Group, Text } from '@mantine/core'
import mark from '../mark.svg'

/** The mark and the name. */
export function Brand() {
  return (
    <Group gap={10}>
      <img src={mark} width={26} height={26} alt="" />
      <Text fw={700} fz="1.1rem" style={{ letterSpacing: '-0.01em' }}>
        Behalf
      </Text>
    </Group>
  )
}
