import { html } from 'hono/html'
import { htmlPage } from '#core/html-page.ts'

/**
 * What a browser without a session shows for a connect link: the way to sign in, and a code for the person's chat. It names nobody and
 * nothing, for it is not known yet who looks at it. It asks again by itself whether the code was typed.
 */
export function codePage({
  code,
  signInPath,
  codePath,
  refreshSeconds,
}: {
  /** Null where no code can be had: too many browsers have opened this link, or it is only being fetched ahead. */
  code: string | null
  signInPath: string
  /** Where one can be had; null where it is shown, or none can. */
  codePath: string | null
  /** Null while there is nothing to wait for. */
  refreshSeconds: number | null
}): Promise<string> {
  return htmlPage({
    title: 'Is it you?',
    ...(refreshSeconds !== null && { refreshSeconds }),
    body: html`
<h1>Is it you?</h1>
<p>A connect link works for one person only. Show that it is yours in one of these ways.</p>
<div class="row"><a class="button wide" href="${signInPath}">Sign in</a></div>
${codePath === null ? '' : html`<p class="or"><a href="${codePath}">I cannot sign in in this browser</a></p>`}
${code === null ? '' : codeHtml(code)}`,
  })
}

function codeHtml(code: string) {
  return html`<p class="or">or, without signing in here:</p>
<p>Type this in your chat with Behalf:</p>
<p class="code"><code>code ${code}</code></p>
<p class="soft">This page goes on by itself when you have. Type it only if you began this yourself, and only in your own chat; tell it to nobody.</p>`
}
