import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { CopyField } from './copy-field.tsx'

interface ShownOnceProps {
  title: string
  /** What to do with it. */
  children: string
  secret: string
  onClose: () => void
}

/** A secret that the server tells once: it closes only by saying that it was copied, not by a click beside it. */
export function ShownOnce({ title, children, secret, onClose }: ShownOnceProps) {
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      size="lg"
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
    >
      <Stack>
        <Text>{children}</Text>
        <CopyField value={secret} label={title} />
        <Group justify="flex-end">
          <Button onClick={onClose}>I have copied it</Button>
        </Group>
      </Stack>
    </Modal>
  )
}

/** The secret address of a recipe that has just become a webhook, when an answer brings one. */
export function WebhookShownOnce({ url, onClose }: { url: string | null | undefined; onClose: () => void }) {
  if (!url) return null
  return (
    <ShownOnce title="Webhook address" secret={url} onClose={onClose}>
      Copy the address now and give it to the system that shall call it. It is a secret, and it is not shown again.
    </ShownOnce>
  )
}
