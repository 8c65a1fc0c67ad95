import { afterAll, expect, test } from 'vitest'
import { testDatabase } from '../../test/support/database.ts'
import { deleteOldLimits, giveBackToLimit, takeFromLimit } from './rate-limit.ts'

const { db, drop } = await testDatabase()
afterAll(drop)

const start = new Date('2026-11-22T10:00:00Z')
const after = (seconds: number) => new Date(start.getTime() + seconds * 1000)
const limitFor = (key: string) => ({ key, limit: 3, windowMs: 60_000 })

test('allows as many as the limit says, and says when to come back', async () => {
  const take = (seconds: number) => takeFromLimit(db, limitFor('a'), after(seconds))
  expect(await take(0)).toEqual({ allowed: true, used: 1, retryAfterSeconds: 60 })
  expect((await take(1)).allowed).toBe(true)
  expect((await take(2)).allowed).toBe(true)
  expect(await take(20)).toEqual({ allowed: false, used: 4, retryAfterSeconds: 40 })
})

test('begins anew when the window is over, however many were refused in it', async () => {
  for (let i = 0; i < 10; i++) await takeFromLimit(db, limitFor('b'), after(i))
  expect((await takeFromLimit(db, limitFor('b'), after(59))).allowed).toBe(false)
  expect(await takeFromLimit(db, limitFor('b'), after(60))).toEqual({ allowed: true, used: 1, retryAfterSeconds: 60 })
})

test('of fifty at once exactly as many get through as the limit says', async () => {
  const all = await Promise.all(Array.from({ length: 50 }, () => takeFromLimit(db, limitFor('c'), start)))
  expect(all.filter((taken) => taken.allowed)).toHaveLength(3)
})

test('one that is given back can be taken again, and no more than were taken are given back', async () => {
  for (let i = 0; i < 3; i++) await takeFromLimit(db, limitFor('d'), start)
  await giveBackToLimit(db, 'd')
  expect((await takeFromLimit(db, limitFor('d'), start)).allowed).toBe(true)
  expect((await takeFromLimit(db, limitFor('d'), start)).allowed).toBe(false)
  for (let i = 0; i < 10; i++) await giveBackToLimit(db, 'd')
  expect((await takeFromLimit(db, limitFor('d'), start)).used).toBe(1)
})

test('keys do not touch each other', async () => {
  for (let i = 0; i < 5; i++) await takeFromLimit(db, limitFor('e'), start)
  expect((await takeFromLimit(db, limitFor('f'), start)).allowed).toBe(true)
})

test('windows of long ago are removed, the present ones stay', async () => {
  await takeFromLimit(db, limitFor('old'), after(-3600))
  await takeFromLimit(db, limitFor('new'), start)
  expect(await deleteOldLimits(db, after(-1800))).toBe(1)
  expect((await takeFromLimit(db, limitFor('new'), start)).used).toBe(2)
})
