import { Badge, Code, Stack, Text } from '@mantine/core'
import type { JobData } from '../contract.ts'
import { Icon } from './icon.tsx'

/** Data of a job: itself, or, when it is private to somebody else, whose it is with its shape beneath. */
export function JobDataView({ name, data }: { name: string; data: JobData | null }) {
  if (data === null) return null
  return (
    <Stack gap={4}>
      <Text size="xs" fw={600} c="dimmed">
        {name}
      </Text>
      {data.kind === 'private' ? <Private data={data} /> : <Json value={data.value} />}
    </Stack>
  )
}

function Private({ data }: { data: Extract<JobData, { kind: 'private' }> }) {
  return (
    <Stack gap={6}>
      <Badge color="gray" size="lg" leftSection={<Icon name="lock" size={13} />} w="fit-content" maw="100%">
        {data.label}
      </Badge>
      {hasShape(data.shape) && (
        <div style={{ opacity: 0.75 }}>
          <Json value={data.shape} />
        </div>
      )}
    </Stack>
  )
}

const hasShape = (shape: unknown) =>
  shape !== null && shape !== undefined && !(typeof shape === 'object' && Object.keys(shape).length === 0)

function Json({ value }: { value: unknown }) {
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2)
  return (
    <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', maxHeight: 320 }}>
      {text}
    </Code>
  )
}
