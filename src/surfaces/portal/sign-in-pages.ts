import { html } from 'hono/html'
import { htmlPage } from '#core/html-page.ts'

export function signInPage({
  next,
  email,
  problem,
  providers,
}: {
  next: string
  email: string
  problem: string | null
  /** Where people can sign in besides here. */
  providers: { id: string; label: string }[]
}): Promise<string> {
  return htmlPage({
    title: 'Sign in',
    body: html`
<h1>Sign in</h1>
${next.startsWith('/connect/') ? html`<p class="soft">So that the account you are about to connect becomes yours, and nobody else’s.</p>` : ''}
${problemHtml(problem)}
<form method="post" action="/sign-in?next=${encodeURIComponent(next)}">
<label>E-mail<input type="email" name="email" value="${email}" autocomplete="username" required ${email ? '' : 'autofocus'}></label>
<label>Password<input type="password" name="password" autocomplete="current-password" required ${email ? 'autofocus' : ''}></label>
<button class="wide">Sign in</button>
</form>
${providers.map(({ id, label }) => html`<div class="row"><a class="button quiet wide" href="/sign-in/with/${id}?next=${encodeURIComponent(next)}">Sign in with ${label}</a></div>`)}`,
  })
}

/** For who signs in with a first password that somebody made for them. */
export function ownPasswordPage({
  next,
  email,
  problem,
}: {
  next: string
  email: string
  problem: string
}): Promise<string> {
  return htmlPage({
    title: 'Choose your password',
    body: html`
<h1>Choose your password</h1>
<p class="soft">What you run here runs as you, so nobody else may know how you sign in.</p>
${problemHtml(problem)}
<form method="post" action="/sign-in?next=${encodeURIComponent(next)}">
<label>E-mail<input type="email" name="email" value="${email}" autocomplete="username" required></label>
<label>The password you were given<input type="password" name="password" autocomplete="current-password" required autofocus></label>
<label>Your own password<input type="password" name="new_password" autocomplete="new-password" minlength="10" required></label>
<button class="wide">Sign in</button>
</form>`,
  })
}

export function setUpPage({
  form,
  problem,
}: {
  form: Record<string, string>
  problem: string | null
}): Promise<string> {
  return htmlPage({
    title: 'Welcome',
    body: html`
<h1>Welcome to Behalf</h1>
<p class="soft">This server is new. Make the account of its owner, who may do everything and invites the others. The setup code is in the link
that the server printed when it started.</p>
${problemHtml(problem)}
<form method="post" action="/welcome">
<label>Setup code<input name="setup_code" value="${form.setup_code ?? ''}" autocomplete="off" spellcheck="false" required></label>
<label>Your organisation<input name="workspace" value="${form.workspace ?? ''}" autocomplete="organization" required autofocus></label>
<label>Your name<input name="name" value="${form.name ?? ''}" autocomplete="name" required></label>
<label>E-mail<input type="email" name="email" value="${form.email ?? ''}" autocomplete="username" required></label>
<label>Password<input type="password" name="password" autocomplete="new-password" minlength="10" required></label>
<button class="wide">Create the owner</button>
</form>`,
  })
}

function problemHtml(problem: string | null) {
  return problem ? html`<p class="notice bad" role="alert">${problem}</p>` : ''
}
