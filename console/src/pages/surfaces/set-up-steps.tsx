import { Button, Card, Group, Stack, Text, ThemeIcon } from '@mantine/core'
import type { Surface } from '../../contract.ts'
import { CopyField } from '../../parts/copy-field.tsx'
import { Icon } from '../../parts/icon.tsx'
import { safeHref } from '../../parts/links.tsx'

type Step = Surface['steps'][number]

/** What to do at the vendor, one step after the other, with what to copy there and the files to hand over. */
export function SetUpSteps({ surface }: { surface: Surface }) {
  return (
    <Stack component="ol" gap="sm" m={0} p={0} style={{ listStyle: 'none' }}>
      {surface.steps.map((step, index) => (
        <Card key={step.title} component="li" padding="md">
          <Group wrap="nowrap" align="flex-start" gap="sm">
            <ThemeIcon size={28} radius="xl" variant="light" style={{ flex: 'none' }}>
              <Text size="sm" fw={650} span>
                {index + 1}
              </Text>
            </ThemeIcon>
            <Stack gap="xs" style={{ flex: 1, minWidth: 0 }}>
              <Text fw={600} pt={2}>
                {step.title}
              </Text>
              <Text size="sm" style={{ whiteSpace: 'pre-line', overflowWrap: 'anywhere' }}>
                {step.text}
              </Text>
              {step.copy.map(({ label, value }) => (
                <Stack key={label} gap={4}>
                  <Text size="xs" c="dimmed">
                    {label}
                  </Text>
                  <CopyField value={value} label={label} />
                </Stack>
              ))}
              <Ways surface={surface} step={step} />
            </Stack>
          </Group>
        </Card>
      ))}
    </Stack>
  )
}

/** The step's files and links. */
function Ways({ surface: { name, files }, step }: { surface: Surface; step: Step }) {
  if (step.files.length + step.links.length === 0) return null
  return (
    <Group gap="xs">
      {files
        .filter((file) => step.files.includes(file.name))
        .map((file) => (
          <Button
            key={file.name}
            component="a"
            href={`/api/surfaces/${encodeURIComponent(name)}/files/${encodeURIComponent(file.name)}`}
            download={file.name}
            size="sm"
            variant="default"
            leftSection={<Icon name="download" size={16} />}
          >
            {file.label}
          </Button>
        ))}
      {step.links.map(({ label, url }) => (
        <Button key={url} component="a" href={safeHref(url)} {...besides(url)} size="sm" variant="light">
          {label}
        </Button>
      ))}
    </Group>
  )
}

/** What is the vendor's opens beside this page, which is still to be read; what is this server's comes back here. */
const besides = (url: string) => (url.startsWith(window.location.origin) ? {} : { target: '_blank', rel: 'noreferrer' })
