import { html, raw } from 'hono/html'

type Html = ReturnType<typeof html>

/** Where the server serves `PAGE_STYLE`. */
export const PAGE_STYLE_PATH = '/page.css'

/**
 * A whole server-rendered page: a card in the middle, one heading, no script. Everything in `body` is escaped by `html`. With
 * `refreshSeconds` the browser asks for it again by itself.
 */
export async function htmlPage({
  title,
  body,
  refreshSeconds,
}: {
  title: string
  body: Html | Promise<Html>
  refreshSeconds?: number
}): Promise<string> {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${refreshSeconds === undefined ? '' : html`<meta http-equiv="refresh" content="${refreshSeconds}">`}
<title>${title} · Behalf</title>
<link rel="stylesheet" href="${PAGE_STYLE_PATH}">
</head>
<body>
<main class="card">
<p class="brand"><span aria-hidden="true">${raw(LOGO)}</span>Behalf</p>
${await body}
</main>
</body>
</html>`
  return String(await page)
}

/** An icon from a connector, inlined as an image, in which nothing can run. */
export const iconUrl = (svg: string): string => `data:image/svg+xml,${encodeURIComponent(svg)}`

const LOGO =
  '<svg viewBox="0 0 24 24" width="22" height="22" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round"><path d="M5 4v16M5 12h7a4 4 0 0 0 0-8H5M12 12h1.5a4 4 0 0 1 0 8H9"/><circle cx="19.5" cy="12" r="1.2" fill="currentColor"/></svg>'

/** The one style sheet of server-rendered pages. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --ink: #12312f; --soft: #55706e; --line: #d8e3e1; --card: #fff; --ground: #f1f6f5; --teal: #0b7a75; --teal-ink: #fff; --bad: #b3261e; --good: #1b7f4b; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4efee; --soft: #9db5b2; --line: #2a3d3b; --card: #142322; --ground: #0c1716; --teal: #38b2ac; --teal-ink: #06201e; --bad: #ff8a80; --good: #6fd6a0; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; grid-template-columns: minmax(0, 1fr); place-items: start center; padding: 8vh 16px 48px; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
.card { width: 100%; max-width: 520px; background: var(--card); border: 1px solid var(--line); border-radius: 16px; padding: 28px 32px 32px; box-shadow: 0 12px 40px rgb(0 40 38 / 8%); }
.brand { display: flex; align-items: center; gap: 8px; margin: 0 0 20px; color: var(--teal); font-weight: 600; letter-spacing: .01em; }
.brand span { display: inline-flex; }
h1 { margin: 0 0 8px; font-size: 24px; line-height: 1.25; letter-spacing: -.01em; }
p { margin: 0 0 12px; }
.soft { color: var(--soft); font-size: 14px; }
ul.plain { list-style: none; margin: 20px 0; padding: 0; display: grid; gap: 12px; }
.application { border: 1px solid var(--line); border-radius: 12px; padding: 16px; }
.application + p { margin-top: 16px; }
.application header { display: flex; flex-wrap: wrap; align-items: center; gap: 12px; margin-bottom: 8px; }
.application header:last-child { margin-bottom: 0; }
.application header img { width: 28px; height: 28px; }
.application header strong { flex: 1 1 90px; overflow-wrap: anywhere; }
.application ul { margin: 0 0 12px; padding-left: 20px; color: var(--soft); font-size: 14px; }
.or { margin: 28px 0 8px; color: var(--soft); font-size: 14px; }
.code code { display: block; padding: 14px; border: 1px dashed var(--line); border-radius: 12px; text-align: center; font: 600 26px/1.2 ui-monospace, monospace; letter-spacing: .12em; }
fieldset { margin: 0 0 14px; padding: 0; border: 0; min-width: 0; }
legend { padding: 0; margin-bottom: 6px; font-size: 14px; color: var(--soft); }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 6px 16px; margin: 0; }
dt { color: var(--soft); font-size: 14px; }
dd { margin: 0; overflow-wrap: anywhere; }
label.tick { display: flex; gap: 10px; align-items: flex-start; margin: 0; padding: 8px 0; border-top: 1px solid var(--line); font-size: 15px; cursor: pointer; }
label.tick input { flex: none; width: 18px; height: 18px; margin: 3px 0 0; accent-color: var(--teal); }
label.tick small { display: block; font-size: 13px; font-weight: 400; color: var(--soft); }
.state { font-size: 13px; font-weight: 600; padding: 2px 10px; border-radius: 999px; border: 1px solid var(--line); color: var(--soft); overflow-wrap: anywhere; }
.state.good { color: var(--good); border-color: currentColor; }
.notice { border-left: 3px solid var(--teal); padding: 8px 12px; margin: 0 0 16px; background: color-mix(in srgb, var(--teal) 8%, transparent); border-radius: 0 8px 8px 0; }
.notice.bad { border-color: var(--bad); background: color-mix(in srgb, var(--bad) 8%, transparent); }
form { margin: 0; }
label { display: block; margin: 0 0 14px; font-size: 14px; font-weight: 600; }
label .soft { font-weight: 400; }
input { display: block; width: 100%; margin-top: 4px; padding: 10px 12px; font: inherit; font-weight: 400; color: inherit; background: transparent; border: 1px solid color-mix(in srgb, var(--soft) 70%, transparent); border-radius: 8px; }
button, a.button { display: inline-block; padding: 10px 18px; font: inherit; font-weight: 600; border-radius: 8px; border: 1px solid var(--teal); background: var(--teal); color: var(--teal-ink); cursor: pointer; text-decoration: none; }
button.quiet, a.quiet { background: transparent; color: var(--soft); border-color: var(--line); font-weight: 500; }
button:hover, a.button:hover { filter: brightness(1.06); }
:focus-visible { outline: 3px solid color-mix(in srgb, var(--teal) 55%, transparent); outline-offset: 2px; }
.row { display: flex; flex-wrap: wrap; gap: 12px; align-items: center; margin-top: 20px; }
.wide { width: 100%; text-align: center; }
@media (max-width: 480px) { body { padding: 16px 12px; } .card { padding: 22px 18px; } }
`
