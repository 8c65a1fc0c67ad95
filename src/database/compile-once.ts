import { type CompiledQuery, type RawBuilder, sql } from 'kysely'
import type { Db } from './db.ts'

/** Stands in a query's text for one of its values. */
export type Value<Values> = <Name extends keyof Values & string>(name: Name) => RawBuilder<Values[Name]>

/**
 * A query that is written and compiled at its first use; each use gives only its values. For what runs with every job: to compile such a
 * query takes about as long as PostgreSQL takes to run it.
 *
 * `build` gets a function that puts a value by its name; what else it reads is fixed at the first use.
 */
export function compileOnce<Values extends object, Row>(
  build: (db: Db, value: Value<Values>) => { compile(): CompiledQuery<Row> },
): (db: Db, values: Values) => Promise<Row[]> {
  let compiled: CompiledQuery<Row> | undefined
  return async (db, values) => {
    compiled ??= build(db, (name) => sql`${new Named(name)}`).compile()
    const parameters = compiled.parameters.map((each) =>
      each instanceof Named ? values[each.name as keyof Values] : each,
    )
    return (await db.executeQuery<Row>({ ...compiled, parameters })).rows
  }
}

class Named {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}
