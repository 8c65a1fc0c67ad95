import { expect, test } from 'vitest'
import { switchObstacle } from './switch-obstacle.ts'

const crm = { label: 'CRM', personal: true }
const everything = () => true

test('lets those turn it who hold all three privileges', () => {
  expect(switchObstacle({ on: false, trigger: 'command', connector: crm, can: everything })).toBeNull()
})

test.each(['recipes.edit', 'runtime_user_connections.view', 'runtime_user_connections.edit'])(
  'says what is missing without %s, also for turning it off',
  (lacking) => {
    const can = (privilege: string) => privilege !== lacking
    expect(switchObstacle({ on: true, trigger: 'command', connector: crm, can })).toMatch(/needs the privilege to/)
  },
)

test('cannot be turned on for a webhook, but off', () => {
  expect(switchObstacle({ on: false, trigger: 'webhook', connector: crm, can: everything })).toMatch(/no person/)
  expect(switchObstacle({ on: false, trigger: 'schedule', connector: crm, can: everything })).toMatch(/schedule has no/)
  expect(switchObstacle({ on: true, trigger: 'webhook', connector: crm, can: everything })).toBeNull()
})

test('cannot be turned on where the application knows no single persons', () => {
  const connector = { label: 'Mailer', personal: false }
  expect(switchObstacle({ on: false, trigger: 'api', connector, can: everything })).toMatch(/Mailer/)
})
