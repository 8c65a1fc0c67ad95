import { html } from 'hono/html'
import type { Townsperson } from './people.ts'

/** Who would you like to be? */
export function doorstepPage(people: readonly Townsperson[], problem: string | null) {
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Be somebody · the emulated town of Behalf</title>
    <link rel="icon" href="data:,">
    <style>${STYLE}</style>
  </head>
  <body><main>
    <h1>Who would you like to be?</h1>
    <p>One click signs this browser in at Behalf. Come back here to be somebody else.</p>
    ${problem ? html`<p class="problem" role="alert">${problem}</p>` : ''}
    ${people.map(
      ({ key, name, part }) => html`<form method="post" action="/be/${key}"><button>
        <strong>Be ${name.split(' ')[0]}</strong><span>${name} ${part}.</span></button></form>`,
    )}
    <p class="soft">In chat, begin with <code>create opportunity name: Acme renewal amount: 5000</code> or <code>help</code>.</p>
  </main></body>
</html>`
}

const STYLE = `
:root { color-scheme: light dark; --ink: #16302f; --paper: #f3f7f6; --card: #fff; --line: #cfdedb; --teal: #0b7a75 }
@media (prefers-color-scheme: dark) { :root { --ink: #e4efed; --paper: #0f1b1b; --card: #172726; --line: #2c4341; --teal: #4fc3bb } }
* { box-sizing: border-box }
body { margin: 0; padding: 24px 16px; background: var(--paper); color: var(--ink); font: 17px/1.5 system-ui, sans-serif }
main { max-width: 560px; margin: 8vh auto 0 }
h1 { font-size: 1.8rem; line-height: 1.2; margin: 0 0 8px }
button { display: block; width: 100%; margin: 14px 0; padding: 16px 20px; text-align: left; font: inherit; color: inherit;
  background: var(--card); border: 1px solid var(--line); border-radius: 12px; cursor: pointer }
button:hover { border-color: var(--teal) }
:focus-visible { outline: 3px solid var(--teal); outline-offset: 2px }
strong { display: block; font-size: 1.15rem; color: var(--teal) }
span, .soft { opacity: .8; font-size: .95rem }
code { overflow-wrap: anywhere }
.problem { padding: 12px 16px; border-radius: 8px; background: #a63d2f; color: #fff }
`
