import { expect, it } from 'vitest'
import { readError } from './read-error.ts'

const read = (status: number, json: unknown) =>
  readError({ url: 'https://api.atlassian.com/', status, headers: new Headers(), json, text: '' })

it('says what is wrong, of the whole and of each field', () =>
  expect(read(400, { errorMessages: ['No.'], errors: { summary: 'You must specify a summary.' } })).toMatchObject({
    code: 'outside_invalid_input',
    message: 'Jira: No. summary: You must specify a summary.',
    details: { fields: { summary: 'You must specify a summary.' } },
  }))

it('says what is hidden to be not found', () =>
  expect(
    read(404, { errorMessages: ['Issue does not exist or you do not have permission to see it.'], errors: {} }),
  ).toMatchObject({
    code: 'outside_not_found',
    message: 'Jira: Issue does not exist or you do not have permission to see it.',
  }))

it('tells a scope that the application lacks from a dead token', () => {
  expect(read(401, { code: 401, message: 'Unauthorized; scope does not match' })).toMatchObject({
    code: 'outside_forbidden',
    message: 'Jira: Unauthorized; scope does not match',
  })
  expect(read(401, { code: 401, message: 'Unauthorized' })).toMatchObject({ code: 'outside_unauthorized' })
})

it('tells a person who agreed to another site what to do', () => {
  const url = 'https://api.atlassian.com/ex/jira/1/rest/api/3/myself'
  const error = readError({
    url,
    status: 404,
    headers: new Headers(),
    json: { message: 'No message available' },
    text: '',
  })
  expect(error.message).toBe(
    'Jira: Choose the site of this connection on Atlassian’s page, with an account that may enter it. No message available',
  )
})
