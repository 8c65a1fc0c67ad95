import { Alert, Button, Group, Modal, Stack } from '@mantine/core'
import type { ReactNode } from 'react'
import { Icon } from './icon.tsx'

interface ConfirmDialogProps {
  title: string
  /** The button's words: the verb and what it does. */
  confirm: string
  /** False while the consequence is not known yet. */
  ready?: boolean
  /** The way out. */
  keep?: string
  busy: boolean
  error: Error | null
  onConfirm: () => void
  onClose: () => void
  /** What will happen. Said before it can be done. */
  children: ReactNode
}

/** Says what will happen and asks. The way out comes first and has the focus, so that Enter does no harm. */
export function ConfirmDialog({
  title,
  confirm,
  keep = 'Keep it',
  ready = true,
  busy,
  error,
  onConfirm,
  onClose,
  children,
}: ConfirmDialogProps) {
  return (
    <Modal opened onClose={onClose} title={title} size="lg">
      <Stack>
        {children}
        {error && (
          <Alert color="red" icon={<Icon name="alert" />} role="alert">
            {error.message}
          </Alert>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose} data-autofocus>
            {keep}
          </Button>
          <Button color="red" onClick={onConfirm} loading={busy} disabled={!ready}>
            {confirm}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
