import { Button, Center } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './list-table.module.css'

export interface Column<R> {
  /** Empty for a column of buttons. */
  title: string
  cell: (row: R) => ReactNode
}

interface ListTableProps<R> {
  /** What the rows are, for those who hear the page. */
  label: string
  columns: Column<R>[]
  rows: R[]
  rowId: (row: R) => string
  /** When there are more rows on the server. */
  more?: { has: boolean; busy: boolean; load: () => void }
}

/** Rows of one kind: a table on a wide screen, cards on a narrow one. The first column is each row's heading. */
export function ListTable<R>({ label, columns, rows, rowId, more }: ListTableProps<R>) {
  return (
    <>
      <div className={classes.frame}>
        <table className={classes.table} aria-label={label}>
          <thead>
            <tr>
              {columns.map((column, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: columns never change their order
                <th key={index} scope="col">
                  {column.title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={rowId(row)}>
                {columns.map((column, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: columns never change their order
                  <td key={index} data-title={column.title}>
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {more?.has && (
        <Center mt="md">
          <Button variant="default" loading={more.busy} onClick={more.load}>
            Show more
          </Button>
        </Center>
      )}
    </>
  )
}
