import { Alert, Button, Modal } from '@mantine/core'
import { request } from '../../api/request.ts'
import { useAct } from '../../api/use-act.ts'
import type { ConnectionTest } from '../../contract.ts'
import { Icon } from '../../parts/icon.tsx'

/** Asks the application whose account the connection stands for, and shows what it says. */
export function TestButton({ id }: { id: string }) {
  const test = useAct({
    run: async () => (await request<{ data: ConnectionTest }>('POST', `/connections/${id}/test`)).data,
  })
  return (
    <>
      <Button
        variant="default"
        leftSection={<Icon name="check" size={16} />}
        loading={test.isPending}
        onClick={() => test.mutate()}
      >
        Test
      </Button>
      {test.data && (
        <Modal opened onClose={test.reset} title="Test of the connection">
          <Outcome tested={test.data} />
        </Modal>
      )}
    </>
  )
}

function Outcome({ tested }: { tested: ConnectionTest }) {
  if (tested.kind === 'answered') {
    const { label, email } = tested.account
    return (
      <Alert color="pine" icon={<Icon name="check" />} title="The application answers" role="status">
        It knows this connection as {label}
        {email && email !== label && `, ${email}`}.
      </Alert>
    )
  }
  return (
    <Alert color="red" icon={<Icon name="alert" />} title="It does not work" role="status">
      {tested.message}
    </Alert>
  )
}
