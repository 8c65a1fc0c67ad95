import { Button, type ButtonProps, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useAct } from '../api/use-act.ts'
import { ConfirmDialog } from './confirm-dialog.tsx'

interface ActButtonProps extends ButtonProps {
  label: string
  /** Asked before it is done; the words of the question and of its button. */
  title: string
  confirm: string
  keep?: string
  /** What will happen. */
  consequence: ReactNode
  run: () => Promise<unknown>
  note: string
}

/** Something that cannot be taken back: it says first what will happen, and asks. */
export function ActButton({ label, title, confirm, keep, consequence, run, note, ...look }: ActButtonProps) {
  const [asking, setAsking] = useState(false)
  const act = useAct({ run, note, quiet: true, done: () => setAsking(false) })
  return (
    <>
      <Button size="sm" variant="subtle" color="red" {...look} onClick={() => setAsking(true)}>
        {label}
      </Button>
      {asking && (
        <ConfirmDialog
          title={title}
          confirm={confirm}
          {...(keep !== undefined && { keep })}
          busy={act.isPending}
          error={act.error}
          onConfirm={() => act.mutate()}
          onClose={() => setAsking(false)}
        >
          {typeof consequence === 'string' ? <Text>{consequence}</Text> : consequence}
        </ConfirmDialog>
      )}
    </>
  )
}
