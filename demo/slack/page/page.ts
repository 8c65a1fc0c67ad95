import { html } from 'hono/html'
import { MEMBERS, TEAM } from '../team.ts'

const PLACES = [
  ...TEAM.channels.map(({ name }) => ({ place: name, label: `# ${name}` })),
  { place: 'behalf', label: 'Behalf' },
  { place: 'home', label: 'Behalf’s home' },
]

/** The frame of the chat; `client.mjs` fills it. Nobody is in it yet where `me` is null. */
export function slackPage(me: string | null) {
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Acme’s team · an emulated Slack</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/client/style.css">
    ${me === null ? '' : html`<script type="module" src="/client/client.mjs"></script>`}
  </head>
  <body>
    <header>
      <p><strong>An emulated Slack</strong>, for this demonstration of Behalf: nothing here is Slack’s.</p>
      <div class="who">${MEMBERS.map(
        ({ key, name }) =>
          html`<form method="post" action="/client/be/${key}"><button ${
            key === me ? html`aria-pressed="true"` : ''
          }>${key === me ? name : `Be ${name.split(' ')[0]}`}</button></form>`,
      )}</div>
    </header>
    ${me === null ? choose() : chat()}
  </body>
</html>`
}

const choose = () => html`<main class="choose"><h1>Who would you like to be?</h1>
  <p>Choose above. Whoever you are here, you are signed in to the emulated Slack as them.</p></main>`

const chat = () => html`<nav aria-label="Places">
      <strong>Acme</strong>
      ${PLACES.map(({ place, label }) => html`<a href="#${place}">${label}</a>`)}
    </nav>
    <main>
      <h1 id="title"></h1>
      <div id="messages" role="log" aria-label="Messages" tabindex="0"></div>
      <form id="composer"><input id="line" aria-label="Message" autocomplete="off" required><button>Send</button></form>
    </main>
    <dialog id="form"></dialog>
    <dialog id="confirm"></dialog>`
