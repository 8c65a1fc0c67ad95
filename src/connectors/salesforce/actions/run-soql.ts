import { z } from 'zod'
import { defineAction } from '#connectors/connector.ts'
import { runQuery } from '../query.ts'
import { FieldValue, fieldsOf } from '../records.ts'
import { parameterNames, withParameters } from '../soql.ts'

const Query = z
  .string()
  .trim()
  .max(10_000)
  .regex(/^select\s/i, 'a query that begins with SELECT')
  .meta({
    title: 'Query',
    description:
      'SELECT Name FROM Opportunity WHERE OwnerId = :owner. Values go into Parameters, which are quoted for you.',
  })

export const runSoql = defineAction({
  name: 'run_soql',
  label: 'Run SOQL',
  description: 'Runs a query in Salesforce’s query language. It can only read.',
  consentText: 'run queries over records you can see',
  input: z
    .strictObject({
      query: Query,
      parameters: z
        .record(z.string().regex(/^[A-Za-z_]\w{0,59}$/, 'a name'), FieldValue)
        .default({})
        .meta({
          title: 'Parameters',
          description: 'Values by the name that stands behind a colon in the query.',
        }),
      limit: z.int().min(1).max(10_000).default(200).meta({ title: 'Limit', description: 'The most records to read.' }),
    })
    .refine(({ query, parameters }) => parameterNames(query).every((name) => Object.hasOwn(parameters, name)), {
      path: ['parameters'],
      message: 'must hold every name that stands behind a colon in the query',
    })
    .meta({ examples: [{ query: 'SELECT Id FROM Account WHERE Name = :name', parameters: { name: 'Acme' } }] }),
  output: z.object({
    total_size: z.int().meta({ description: 'How many records the query found.' }),
    records: z.array(z.record(z.string(), z.unknown())),
  }),
  recipient: null,
  idempotent: true,
  async run({ input: { query, parameters, limit }, request }) {
    const { totalSize, records } = await runQuery(request, withParameters(query, parameters), limit)
    return { total_size: totalSize, records: records.map(fieldsOf) }
  },
})
