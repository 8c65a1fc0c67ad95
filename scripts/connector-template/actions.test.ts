import { expect, it } from 'vitest'
import { boundTo, runAction } from '../../test/contracts/bound-to.ts'
import { answering } from '../../test/support/answering.ts'
import { connector } from './index.ts'

const act = (server: { host: string }, name: string, input: unknown) => {
  const settings = { host: `http://${server.host}` }
  return runAction(connector, name, input, boundTo(connector, { settings, token: 'a-token-of-alice' }))
}

it('creates a note as the person whose token it is', async () => {
  const note = { id: 'n1', url: 'https://acme.example/n1' }
  await using server = await answering([201, note])
  expect(await act(server, 'create_note', { notebook: 'sales', text: 'Signed.' })).toEqual(note)
  expect(server.seen).toMatchObject([
    {
      method: 'POST',
      path: '/api/notebooks/sales/notes',
      headers: { authorization: 'Bearer a-token-of-alice' },
      body: { text: 'Signed.' },
    },
  ])
})

it('says what was refused', async () => {
  await using server = await answering([403, { error: { code: 'no_permission', message: 'You may not write here.' } }])
  await expect(act(server, 'create_note', { notebook: 'sales', text: 'x' })).rejects.toMatchObject({
    code: 'outside_forbidden',
    message: 'Acme: You may not write here. (no_permission)',
  })
})
