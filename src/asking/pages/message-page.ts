import { html } from 'hono/html'
import { htmlPage } from '#core/html-page.ts'

/** A page that says one thing, and what to do now. */
export function messagePage({
  title,
  text,
  link,
}: {
  title: string
  text: string
  link?: { label: string; url: string } | undefined
}): Promise<string> {
  return htmlPage({
    title,
    body: html`<h1>${title}</h1><p>${text}</p>
${link ? html`<div class="row"><a class="button" href="${link.url}">${link.label}</a></div>` : ''}`,
  })
}
