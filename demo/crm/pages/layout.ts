import { html } from 'hono/html'
import type { Person } from '../people.ts'

/** A piece of a page, everything put into it escaped. */
export type Html = ReturnType<typeof html>

interface Layout {
  title: string
  /** Who is signed in; without anyone the page has no menu. */
  person?: Person
  /** The menu entry that is open, by its path. */
  here?: string
  body: Html
}

const MENU = [
  { path: '/', label: 'Opportunities' },
  { path: '/cases', label: 'Cases' },
  { path: '/apps', label: 'Connected apps' },
]

/** The frame of every page: head, bar, menu. */
export function layout({ title, person, here, body }: Layout): Html {
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title} · Acme CRM</title>
    <link rel="stylesheet" href="/style.css">
    <link rel="icon" href="data:,">
  </head>
  <body>
    <header class="bar">
      <a class="brand" href="/">${logo()}<span>Acme <em>CRM</em></span></a>
      ${person ? menu(person, here) : html`<span class="note">An emulated Salesforce for trying things out</span>`}
    </header>
    <main>${body}</main>
  </body>
</html>`
}

/** A person's initials on their colour. */
export function avatar({ key, name }: Person, size = ''): Html {
  const initials = name
    .split(' ')
    .map((word) => word[0])
    .join('')
  return html`<span class="avatar ${key} ${size}" aria-hidden="true">${initials}</span>`
}

function menu(person: Person, here: string | undefined): Html {
  const entries = person.administers ? [...MENU, { path: '/setup', label: 'App setup' }] : MENU
  return html`<nav>
      ${entries.map(({ path, label }) =>
        path === here ? html`<a href="${path}" aria-current="page">${label}</a>` : html`<a href="${path}">${label}</a>`,
      )}
    </nav>
    <form class="who" method="post" action="/sign-out">
      ${avatar(person)}<span class="who-name">${person.name}<small>${person.title}</small></span>
      <button class="quiet">Sign out</button>
    </form>`
}

function logo(): Html {
  return html`<svg viewBox="0 0 32 32" width="30" height="30" aria-hidden="true"
    ><circle cx="16" cy="16" r="16" fill="#f4b860"/><path d="M3 24 12 9l6 9 3-4 8 10a16 16 0 0 1-26 0z" fill="#12372a"/></svg>`
}
