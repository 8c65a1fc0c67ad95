import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { play } from '../../examples/embedding/play.ts'
import { isFromBehalf } from '../../examples/embedding/product.ts'
import { setPassword } from '../../src/people/passwords.ts'
import { createOpportunity, startTestBehalf } from '../support/behalf.ts'

test('the example of a product that embeds Behalf plays through', async () => {
  const behalf = await startTestBehalf({ consentPerRecipe: true })
  try {
    await behalf.addRecipe(createOpportunity(await behalf.addCrmParent(), true))
    const { id: personId, workspaceId, name, email } = behalf.owner.person
    const password = 'correct horse battery staple'
    await setPassword(behalf.ctx.db, { workspaceId, personId, password, now: new Date() })
    const said: string[] = []
    const administrator = { name, email: email ?? '', password }
    const where = { behalf: behalf.url.origin, administrator, account: 'Carol Diaz' }
    await play(where, (line) => said.push(line))
    expect(said.at(-1)).toBe('A link that Mallory forwarded to her connected nobody.')
    expect(behalf.crm.opportunities()).toContainEqual(
      expect.objectContaining({ name: 'From the product', owner: 'carol' }),
    )
  } finally {
    await behalf.stop()
  }
})

test('the example takes notices of Behalf alone, and none that is old', () => {
  const mac = createHmac('sha256', 'bhs_secret').update('1700000000.{}').digest('hex')
  const received = (body: string, now: number) => isFromBehalf('bhs_secret', `t=1700000000,v1=${mac}`, body, now)
  expect(received('{}', 1_700_000_010_000)).toBe(true)
  expect(received('{"a":1}', 1_700_000_010_000)).toBe(false)
  expect(received('{}', 1_700_000_400_000)).toBe(false)
  expect(isFromBehalf('bhs_secret', 'nonsense', '{}')).toBe(false)
})
