import { html } from 'hono/html'
import { type Html, layout } from './layout.ts'

const ADVICE: Record<string, string> = {
  invalid_redirect_uri:
    'The address the application wants to be answered at is not registered. An administrator adds it under App setup.',
  invalid_client: 'The application is not registered here. An administrator adds it under App setup.',
  expired: 'It took too long, or was already answered. Go back to the application and start again.',
}

/** What a person sees when an authorization request cannot go on and the application cannot be told. */
export function problemPage(error: string, description: string): Html {
  return layout({
    title: 'This request cannot go on',
    body: html`<section class="card narrow">
      <h1>This request cannot go on</h1>
      <p>${ADVICE[error] ?? 'The application asked for something Acme CRM does not understand.'}</p>
      <p class="soft">${error}${description ? html`: ${description}` : ''}</p>
      <a href="/">To Acme CRM</a>
    </section>`,
  })
}
