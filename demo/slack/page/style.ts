/** A chat as anybody knows them, in colours of its own. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1d2733; --soft: #5b6876; --paper: #fff; --side: #22303f; --line: #dfe4ea; --teal: #0b7a75; --red: #b3261e; --hidden: #f3f6f8 }
@media (prefers-color-scheme: dark) { :root { --ink: #e6ebf0; --soft: #9aa7b4; --paper: #161d25; --side: #0f151c; --line: #303b47; --teal: #4fc3bb; --red: #ff8a80; --hidden: #1e2731 } }
* { box-sizing: border-box }
[hidden] { display: none !important }
body { margin: 0; height: 100vh; display: grid; grid-template: auto 1fr / 210px 1fr; background: var(--paper); color: var(--ink); font: 15px/1.46 system-ui, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif }
header { grid-column: 1 / -1; display: flex; flex-wrap: wrap; gap: 6px 20px; align-items: center; justify-content: space-between; padding: 8px 20px; background: #f4b860; color: #2b1d00 }
header p { margin: 0 }
.who { display: flex; gap: 8px }
button { font: inherit; font-weight: 600; padding: 5px 13px; border: 1px solid var(--line); border-radius: 6px; background: var(--paper); color: var(--ink); cursor: pointer }
button:hover { border-color: currentColor }
button:disabled { opacity: .5; cursor: default }
header button { background: none; border-color: #2b1d0066; color: inherit }
header button[aria-pressed] { background: #2b1d00; color: #fff }
button.primary { background: var(--teal); border-color: var(--teal); color: var(--paper) }
button.danger { border-color: var(--red); color: var(--red) }
:focus-visible { outline: 3px solid var(--teal); outline-offset: 1px }
nav { display: flex; flex-direction: column; gap: 2px; padding: 18px 10px; background: var(--side); color: #dbe4ec }
nav strong { padding: 0 10px 10px; font-size: 1.15rem; color: #fff }
nav a { padding: 4px 10px; border-radius: 6px; color: inherit; text-decoration: none }
nav a:hover { background: #ffffff14 }
nav a[aria-current] { background: var(--teal); color: #fff }
main { display: flex; flex-direction: column; min-width: 0; min-height: 0 }
main.choose { grid-column: 1 / -1; padding: 12vh 24px; text-align: center }
h1 { margin: 0; padding: 12px 20px; border-bottom: 1px solid var(--line); font-size: 1.1rem }
.choose h1 { border: 0; font-size: 1.7rem }
#messages { flex: 1; overflow-y: auto; padding: 14px 0 }
.empty { padding: 0 20px; color: var(--soft) }
article { display: grid; grid-template-columns: 36px minmax(0, 1fr); gap: 0 12px; padding: 7px 20px }
article.hidden { background: var(--hidden) }
.hidden small { grid-column: 2; color: var(--soft) }
.face { grid-row: span 3; width: 36px; height: 36px; border-radius: 8px; display: grid; place-items: center; background: #7a8ea3; color: #fff; font-weight: 700 }
.app .face { background: var(--teal) }
.name { font-weight: 700 }
.name span { margin-left: 6px; padding: 0 5px; border-radius: 4px; background: var(--line); font-size: .7rem; font-weight: 600; vertical-align: 2px }
.name time { margin-left: 8px; color: var(--soft); font-size: .8rem; font-weight: 400 }
.blocks { display: flex; flex-direction: column; gap: 7px; max-width: 640px }
.blocks > hr { width: 100%; margin: 6px 0; border: 0; border-top: 1px solid var(--line) }
.blocks h2 { margin: 10px 0 0; font-size: 1.1rem }
.home { padding: 0 20px }
.section { display: flex; gap: 16px; justify-content: space-between; align-items: flex-start }
.text { white-space: pre-wrap; overflow-wrap: anywhere }
.fields { display: grid; grid-template-columns: 1fr 1fr; gap: 8px 16px }
.context { color: var(--soft); font-size: .85rem }
.actions { display: flex; flex-wrap: wrap; gap: 8px }
a { color: var(--teal) }
#composer { display: flex; gap: 8px; padding: 12px 20px 18px }
input, select { font: inherit; padding: 8px 10px; border: 1px solid var(--line); border-radius: 6px; background: var(--paper); color: var(--ink); max-width: 100% }
#composer input { flex: 1; min-width: 0 }
dialog { width: min(480px, 92vw); padding: 20px 24px; border: 1px solid var(--line); border-radius: 10px; background: var(--paper); color: var(--ink) }
dialog::backdrop { background: #0008 }
dialog h2 { margin: 0 0 12px; font-size: 1.2rem }
dialog label { display: block; margin-bottom: 14px; font-weight: 600 }
dialog label > input:not([type=checkbox]), dialog label > select { display: block; width: 100%; margin-top: 4px; font-weight: 400 }
dialog label small { display: block; font-weight: 400; color: var(--soft) }
dialog [role=alert] { color: var(--red) }
dialog .actions { justify-content: flex-end }
@media (max-width: 620px) {
  body { grid-template: auto auto 1fr / 1fr }
  nav { flex-direction: row; flex-wrap: wrap; padding: 6px 10px }
  nav strong { display: none }
}
`
