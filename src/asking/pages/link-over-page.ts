import { html } from 'hono/html'
import { htmlPage } from '#core/html-page.ts'

export interface LinkOver {
  /** A wrong code was typed for it, or its person said that they did not open it. */
  burnt: boolean
  /** Whether the run it was about still waits; `none`: it was about none. */
  job: 'waits' | 'over' | 'none'
  /** Where the button posts to; null: there is none. */
  action: string | null
  returnTo: string | null
}

/** Says that a link leads to nothing any more, and what to do. */
export function linkOverPage({ burnt, job, action, returnTo }: LinkOver): Promise<string> {
  const title = burnt ? 'This link was given up' : 'This request is over'
  const why = burnt
    ? 'A wrong code was typed for it, or its person did not open it. Nothing was connected.'
    : 'The link was replaced by a newer one, or too much time has passed.'
  return htmlPage({
    title,
    body: html`
<h1>${title}</h1>
<p>${why} ${NEXT_STEP[job]}</p>
<div class="row">
${job === 'waits' && action ? html`<form method="post" action="${action}"><button>Send me a fresh message</button></form>` : ''}
${returnTo ? html`<a class="button quiet" href="${returnTo}">Go back</a>` : ''}
</div>`,
  })
}

const NEXT_STEP = {
  waits: 'The run still waits: open the newest message in your chat, or have a fresh one sent.',
  over: 'The run has ended as well: run it again, and you will be asked anew.',
  none: 'Begin again where you began, or open the newest message.',
}
