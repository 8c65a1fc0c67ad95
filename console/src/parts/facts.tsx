import type { ReactNode } from 'react'
import classes from './facts.module.css'

/** Names and values, one below the other. Entries that are null or false are left out. */
export function Facts({ children }: { children: [name: string, value: ReactNode][] }) {
  return (
    <dl className={classes.facts}>
      {children
        .filter(([, value]) => value !== null && value !== false && value !== undefined)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  )
}
