/** The one stylesheet of the CRM: paper, forest and a serif, so that nobody takes it for the server that connects to it. */
export const STYLE = `
:root { --forest: #12372a; --leaf: #2f6b4f; --paper: #fbf7ef; --ink: #22302a; --soft: #66756d; --line: #e5ddcd; --amber: #f4b860; --brick: #a63d2f }
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 "Segoe UI", "Noto Sans", "DejaVu Sans", Arial, sans-serif }
h1, h2, .brand { font-family: Georgia, "Noto Serif", "DejaVu Serif", serif; font-weight: 600 }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .4rem }
h2 { font-size: 1.2rem; margin: 0 }
p { margin: 0 0 1rem }
a { color: var(--leaf) }
.soft { color: var(--soft) }
.bar { display: flex; align-items: center; gap: 1.8rem; flex-wrap: wrap; background: var(--forest); color: #f6efe0; padding: .65rem 2rem; border-bottom: 4px solid var(--amber) }
.brand { display: flex; align-items: center; gap: .6rem; color: inherit; text-decoration: none; font-size: 1.25rem }
.brand em { color: var(--amber); font-style: italic }
.note { margin-left: auto; font-size: .85rem; opacity: .8 }
nav { display: flex; gap: .3rem; flex-wrap: wrap }
nav a { color: #e9e2d0; text-decoration: none; padding: .35rem .8rem; border-radius: 4px }
nav a:hover { background: #ffffff1a }
nav a[aria-current] { background: #ffffff24; color: #fff }
.who { display: flex; align-items: center; gap: .7rem; margin-left: auto }
.who-name { line-height: 1.15 }
.who-name small { display: block; opacity: .75 }
main { max-width: 1120px; margin: 2.2rem auto; padding: 0 2rem }
.card { background: #fff; border: 1px solid var(--line); border-radius: 6px; box-shadow: 0 1px 2px #12372a14 }
.narrow { max-width: 480px; margin: 3rem auto; padding: 2rem 2.2rem }
.row { display: flex; align-items: center; gap: 1rem }
.row + .row { border-top: 1px solid var(--line) }
.grow { flex: 1 }
button, .button { font: inherit; cursor: pointer; border-radius: 4px; padding: .55rem 1.2rem; border: 1px solid var(--leaf); background: var(--leaf); color: #fff; text-decoration: none }
button:hover { background: var(--forest); border-color: var(--forest) }
button:focus-visible, a:focus-visible, textarea:focus-visible, input:focus-visible { outline: 3px solid var(--amber); outline-offset: 2px }
button.second { background: #fff; color: var(--ink); border-color: #c9bfa9 }
button.second:hover { background: #f3ecdd }
button.danger { background: #fff; color: var(--brick); border-color: #d9b0a8 }
button.danger:hover { background: var(--brick); color: #fff; border-color: var(--brick) }
button.quiet { background: none; border: 1px solid #ffffff55; color: inherit; padding: .25rem .7rem; font-size: .85rem }
button.link { background: none; border: 0; padding: 0; color: var(--leaf); text-decoration: underline }
button.person { display: flex; align-items: center; gap: 1rem; width: 100%; text-align: left; background: #fff; color: var(--ink); border: 1px solid var(--line); padding: .8rem 1rem; margin-top: .7rem }
button.person:hover { border-color: var(--leaf); background: #f3f8f4 }
button.person small { display: block; color: var(--soft) }
.avatar { display: inline-grid; place-items: center; flex: none; width: 2rem; height: 2rem; border-radius: 50%; color: #fff; font-size: .75rem; font-weight: 600; letter-spacing: .03em }
.avatar.big { width: 2.7rem; height: 2.7rem; font-size: .95rem }
.avatar.alice { background: #b4562f } .avatar.bob { background: #35618f } .avatar.carol { background: #7a4a8c }
.scopes { list-style: none; margin: 1.2rem 0; padding: .3rem 0; border-top: 1px solid var(--line); border-bottom: 1px solid var(--line) }
.scopes li { padding: .5rem 0 .5rem 1.9rem; position: relative }
.scopes li::before { content: "✓"; position: absolute; left: .3rem; color: var(--leaf); font-weight: 700 }
.actions { display: flex; gap: .8rem; margin-top: 1.4rem }
.actions button { flex: 1 }
.sheet { overflow-x: auto }
table { width: 100%; border-collapse: collapse }
th { text-align: left; font-size: .75rem; letter-spacing: .05em; text-transform: uppercase; color: var(--soft); font-weight: 600; padding: .75rem 1.1rem; border-bottom: 1px solid var(--line); background: #fdfaf4 }
td { padding: .8rem 1.1rem; border-bottom: 1px solid #f0eadd; vertical-align: middle }
tr:last-child td { border-bottom: 0 }
td small { display: block; color: var(--soft) }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
.date { white-space: nowrap; font-variant-numeric: tabular-nums }
.fresh td { background: #fff6e2 }
tr:target td { background: #ffe9bd }
.fresh td:first-child { box-shadow: inset 4px 0 var(--amber) }
.person-cell { display: flex; align-items: center; gap: .6rem; white-space: nowrap }
.pill { display: inline-block; padding: .1rem .65rem; border-radius: 99px; background: #eef3ef; color: var(--leaf); font-size: .85rem; white-space: nowrap }
.pill.done { background: var(--leaf); color: #fff } .pill.off { background: #f0ebe0; color: var(--soft) }
.summary { display: flex; gap: 2.5rem; margin: 0 0 1.4rem; color: var(--soft) }
.summary strong { color: var(--ink); font-size: 1.15rem }
.empty { padding: 3rem 2rem; text-align: center; color: var(--soft) }
.padded { padding: 1.1rem 1.3rem }
label { display: block; margin: .9rem 0 .3rem; font-weight: 600 }
textarea, input[type=text] { width: 100%; font: .9rem/1.5 "DejaVu Sans Mono", Consolas, monospace; padding: .55rem .7rem; border: 1px solid #c9bfa9; border-radius: 4px; background: #fffdf8 }
code { font-family: "DejaVu Sans Mono", Consolas, monospace; font-size: .88em; background: #f3ecdd; padding: .05rem .35rem; border-radius: 3px }
.foot { margin: 1.4rem 0 0 }
.stack > * + * { margin-top: 1.2rem }
`
