import { readdirSync } from 'node:fs'
import { expect, it } from 'vitest'
import { testConnector } from './connector-contract.ts'

const HOME = new URL('../../src/connectors/', import.meta.url)
const folders = readdirSync(HOME, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? entry.name : []))

for (const folder of folders) await testConnector(new URL(`${folder}/`, HOME))

it('finds the connectors there are', () =>
  expect(folders).toEqual(
    expect.arrayContaining(['generic-http', 'generic-oauth2', 'github', 'google', 'linear', 'microsoft', 'slack']),
  ))
