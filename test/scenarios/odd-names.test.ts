import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestBehalf, type TestBehalf } from '../support/behalf.ts'

let behalf: TestBehalf
beforeAll(async () => {
  behalf = await startTestBehalf()
})
afterAll(() => behalf.stop())

test.each(['Pay\nroll', 'Pay\u202elor', 'Pay\u200broll'])(
  'nothing that people are shown is called %j: no recipe, project or connection, new or renamed',
  async (name) => {
    const { owner, projectId: project_id } = behalf
    const place = { project_id, environment: 'PROD' }
    const steps = [{ kind: 'reply', name: 'a', text: 'A' }]
    const recipe = await owner.api('POST', '/recipes', {
      ...place,
      document: { name, trigger: { kind: 'api' }, steps },
    })
    expect(recipe.body.error).toMatchObject({
      code: 'recipe_invalid',
      details: { problems: [{ path: 'name', code: 'invalid_name' }] },
    })
    expect((await owner.api('POST', '/projects', { name })).body.error.code).toBe('invalid_name')
    const parent = await behalf.addCrmParent('Fine')
    expect((await owner.api('PATCH', `/connections/${parent}`, { name })).body.error.code).toBe('invalid_name')
    await expect(behalf.addCrmParent(name)).rejects.toMatchObject({ code: 'invalid_name' })
  },
)
