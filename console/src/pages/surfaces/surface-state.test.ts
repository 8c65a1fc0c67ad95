import { expect, test } from 'vitest'
import type { Surface } from '../../contract.ts'
import { installedIn, surfaceState } from './surface-state.ts'

const field = (more: object) => ({ required: true, secret: false, kept: false, value: 'x', ...more })
const place = (label: string, removed_at: string | null = null) => ({ label, removed_at })
const surface = (more: object): Surface =>
  ({
    is_set_up: true,
    fields: [field({}), field({ secret: true, value: null, kept: true })],
    installations: [],
    ...more,
  }) as unknown as Surface

test('a surface is set up, then installed, and incomplete while something it needs is missing', () => {
  expect(surfaceState(surface({ is_set_up: false }))).toBe('not_set_up')
  expect(surfaceState(surface({}))).toBe('not_installed')
  expect(surfaceState(surface({ installations: [place('Acme')] }))).toBe('installed')
  const lost = [field({ secret: true, value: null })]
  expect(surfaceState(surface({ fields: lost, installations: [place('Acme')] }))).toBe('incomplete')
  expect(surfaceState(surface({ fields: [field({ value: '' })] }))).toBe('incomplete')
  expect(surfaceState(surface({ fields: [field({ value: '', required: false })] }))).toBe('not_installed')
})

test('it is installed nowhere that it was removed from', () => {
  const there = surface({ installations: [place('Acme'), place('Labs', '2026-11-23T06:00:00Z')] })
  expect(installedIn(there)).toEqual(['Acme'])
  expect(surfaceState(surface({ installations: [place('Labs', '2026-11-23T06:00:00Z')] }))).toBe('not_installed')
})
