import { html } from 'hono/html'
import type { Row } from '../crm-data.ts'
import { findPerson, type Person } from '../people.ts'
import { avatar, type Html, layout } from './layout.ts'

interface RecordPage {
  person: Person
  /** Newest first. */
  rows: Row[]
  /** Names of accounts by id. */
  accountNames: Record<string, string>
  now: number
}

/** Every opportunity: what it is worth, whose it is, who made it. */
export function opportunitiesPage({ person, rows, accountNames, now }: RecordPage): Html {
  const open = rows.filter((row) => !row.IsClosed)
  const worth = open.reduce((sum, row) => sum + Number(row.Amount ?? 0), 0)
  return layout({
    title: 'Opportunities',
    person,
    here: '/',
    body: html`<h1>Opportunities</h1>
      <div class="summary">
        <span><strong>${open.length}</strong> open</span>
        <span><strong>${money(worth)}</strong> in the pipeline</span>
        <span><strong>${rows.filter((row) => row.OwnerId === person.userId).length}</strong> yours</span>
      </div>
      ${sheet(
        ['Opportunity', 'Amount', 'Stage', 'Close date', 'Owner', 'Created by'],
        rows.map(
          (row) => html`<tr id="${row.Id}" class="${isFresh(row, now) ? 'fresh' : ''}">
            <td><strong>${row.Name}</strong><small>${accountNames[String(row.AccountId)] ?? ''}</small></td>
            <td class="number">${row.Amount === null ? '–' : money(Number(row.Amount))}</td>
            <td>${pill(String(row.StageName), row)}</td>
            <td class="date">${row.CloseDate}</td>
            ${whose(row)}${madeBy(row, now)}
          </tr>`,
        ),
        'No opportunities yet. The first one appears here, with the name of whoever made it.',
      )}`,
  })
}

/** Every case, in the same way. */
export function casesPage({ person, rows, accountNames, now }: RecordPage): Html {
  return layout({
    title: 'Cases',
    person,
    here: '/cases',
    body: html`<h1>Cases</h1>
      <div class="summary"><span><strong>${rows.filter((row) => !row.IsClosed).length}</strong> open</span></div>
      ${sheet(
        ['Case', 'Subject', 'Priority', 'Status', 'Owner', 'Created by'],
        rows.map(
          (row) => html`<tr id="${row.Id}" class="${isFresh(row, now) ? 'fresh' : ''}">
            <td class="soft">${row.CaseNumber}</td>
            <td><strong>${row.Subject ?? ''}</strong><small>${accountNames[String(row.AccountId)] ?? ''}</small></td>
            <td>${row.Priority ?? ''}</td>
            <td>${pill(String(row.Status), row)}</td>
            ${whose(row)}${madeBy(row, now)}
          </tr>`,
        ),
        'No cases yet.',
      )}`,
  })
}

function sheet(columns: string[], rows: Html[], none: string): Html {
  if (rows.length === 0) return html`<div class="card empty">${none}</div>`
  return html`<div class="card sheet"><table>
    <thead><tr>${columns.map((column) => html`<th class="${column === 'Amount' ? 'number' : ''}">${column}</th>`)}</tr></thead>
    <tbody>${rows}</tbody>
  </table></div>`
}

function pill(words: string, row: Row): Html {
  const look = row.IsWon ? 'done' : row.IsClosed ? 'off' : ''
  return html`<span class="pill ${look}">${words}</span>`
}

function whose(row: Row): Html {
  const owner = findPerson(String(row.OwnerId))!
  return html`<td><span class="person-cell">${avatar(owner)}${owner.name}</span></td>`
}

function madeBy(row: Row, now: number): Html {
  const at = String(row.CreatedDate)
  return html`<td>${findPerson(String(row.CreatedById))!.name}<small title="${at}">${ago(now - Date.parse(at))}</small></td>`
}

// What was made a moment ago is what somebody came to see.
function isFresh(row: Row, now: number): boolean {
  return now - Date.parse(String(row.CreatedDate)) < 5 * 60_000
}

function ago(ms: number): string {
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 1) return 'just now'
  if (minutes < 60) return `${minutes} min ago`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return `${hours} h ago`
  const days = Math.floor(hours / 24)
  return days === 1 ? 'yesterday' : `${days} days ago`
}

function money(amount: number): string {
  return amount.toLocaleString('en-US', { style: 'currency', currency: 'USD', maximumFractionDigits: 0 })
}
