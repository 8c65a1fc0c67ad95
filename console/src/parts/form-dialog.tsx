import { Button, Group, Modal, Stack } from '@mantine/core'
import type { ReactNode } from 'react'
import { Refusal } from './problem-list.tsx'

interface FormDialogProps {
  title: string
  /** The words of its button. */
  submit: string
  /** False while something is missing that no field of its own asks for. */
  ready?: boolean
  size?: 'md' | 'lg'
  /** What sending it does; its refusal shows above the button. */
  act: { mutate: () => void; isPending: boolean; error: Error | null }
  onClose: () => void
  children: ReactNode
}

/** A form over the page, sent by its one button or by Enter. */
export function FormDialog({ title, submit, ready = true, size = 'md', act, onClose, children }: FormDialogProps) {
  return (
    <Modal opened onClose={onClose} title={title} size={size}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          act.mutate()
        }}
      >
        <Stack>
          {children}
          <Refusal error={act.error} />
          <Group justify="flex-end">
            <Button type="submit" loading={act.isPending} disabled={!ready}>
              {submit}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
