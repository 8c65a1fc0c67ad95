import { expect, it } from 'vitest'
import { imaginaryConnectors } from '../../test/support/recipe-fixtures.ts'
import { footprintOf, readFootprintEntry } from './footprint.ts'
import { RecipeDocument } from './recipe.ts'

const CONNECTION = 'con_00000000000000000000000001'
const step = (name: string, object: string) => ({
  kind: 'action',
  name,
  connection: 'crm',
  action: 'create_record',
  input: { object, fields: {} },
})

function footprint(...steps: unknown[]): string[] {
  return footprintWith(true, steps)
}

function footprintWith(personal: boolean, steps: unknown[]): string[] {
  const connectors = new Map(imaginaryConnectors)
  const crm = connectors.get('crm')
  if (crm) connectors.set('crm', { ...crm, actions: crm.actions.map((action) => ({ ...action, recipient: 'object' })) })
  const document = RecipeDocument.parse({
    name: 'Tell',
    trigger: { kind: 'command', command: 'tell', parameters: [] },
    connections: { crm: { connector: 'crm', connection_id: CONNECTION, personal } },
    steps,
  })
  const main = { id: 'rcp_1' as const, name: 'Tell', version: 1, document }
  return footprintOf({ main, functions: new Map() }, connectors)
}

it('names every connector, action, connection and recipient once', () => {
  expect(footprint(step('a', 'Account'), step('b', 'Account'), step('c', 'Opportunity'))).toEqual([
    `crm/create_record ${CONNECTION} to "Account"`,
    `crm/create_record ${CONNECTION} to "Opportunity"`,
  ])
})

it('counts a recipient that is mapped, whole or in part, as anyone', () => {
  const anyone = [`crm/create_record ${CONNECTION} to anyone`]
  expect(footprint(step('a', '{{ trigger.to }}'))).toEqual(anyone)
  expect(footprint(step('a', 'sales-{{ trigger.to }}'))).toEqual(anyone)
})

it('finds what stands behind an if', () => {
  const condition = { all: [{ left: '1', is: 'present' }] }
  expect(footprint({ kind: 'if', name: 'when', condition, steps: [], else: [step('a', 'Account')] })).toHaveLength(1)
})

it('tells the connection’s own account from the person’s: what is read may end in either', () => {
  expect(footprintWith(false, [step('a', 'Account')])).toEqual([`crm/create_record ${CONNECTION} shared to "Account"`])
})

it('reads its own entries back', () => {
  const entries = footprint(step('a', 'Account'), step('b', '{{ trigger.to }}'))
  expect(entries.map((entry) => readFootprintEntry(entry)?.recipient)).toEqual(['"Account"', 'anyone'])
  expect(readFootprintEntry(`crm/create_record ${CONNECTION} shared`)).toEqual({
    connector: 'crm',
    action: 'create_record',
    connectionId: CONNECTION,
    shared: true,
    recipient: null,
  })
  expect(readFootprintEntry('nothing of ours')).toBeUndefined()
})
