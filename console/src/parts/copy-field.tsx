import { Button, Code, CopyButton, Group } from '@mantine/core'
import { Icon } from './icon.tsx'

/** A value that is made to be carried elsewhere, with a button that copies it. */
export function CopyField({ value, label }: { value: string; label: string }) {
  return (
    <Group gap="xs" wrap="nowrap" align="stretch">
      <Code
        block
        aria-label={label}
        style={{ flex: 1, minWidth: 0, whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', fontSize: 13 }}
      >
        {value}
      </Code>
      <CopyButton value={value}>
        {({ copied, copy }) => (
          <Button
            variant="default"
            h="auto"
            mih={36}
            onClick={copy}
            leftSection={<Icon name={copied ? 'check' : 'copy'} size={16} />}
          >
            {copied ? 'Copied' : 'Copy'}
          </Button>
        )}
      </CopyButton>
    </Group>
  )
}
