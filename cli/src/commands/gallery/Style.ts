/**
 * How the page of a gallery looks: light or dark as the reader's system is, and in as many columns as there is room
 * for. Without the script, cards out of sight are not laid out.
 */
export const style = `
:root { color-scheme: light dark; --ground: #f6f5f2; --card: #fff; --well: #ebe9e4; --ink: #1d1c1a; --soft: #63605a; --line: #dfdcd5; --link: #2a5db0; --mark: #6d5310; --mark-ground: #fbf0d0 }
@media (prefers-color-scheme: dark) {
  :root { --ground: #161618; --card: #212125; --well: #101012; --ink: #ecebe8; --soft: #a3a09a; --line: #37363b; --link: #8db4f5; --mark: #ecd08a; --mark-ground: #3a3118 }
}
* { box-sizing: border-box }
[hidden] { display: none !important }
body { margin: 0 auto; max-width: 110rem; padding: 0 clamp(1rem, 3vw, 3rem) 4rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif }
h1, h2, p, pre, dl, dd, figure, ul { margin: 0; padding: 0 }
h1 { padding-top: 1.75rem; font-size: 1.6rem; line-height: 1.25; overflow-wrap: anywhere }
header > p { margin: .25rem 0 1rem; color: var(--soft) }
.folder { margin-left: .5rem; font-size: .8rem; overflow-wrap: anywhere }
#tools { position: sticky; z-index: 1; top: 0; display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; margin: 0 -.5rem 1rem; padding: .6rem .5rem; background: var(--ground) }
header { display: contents }
#found { color: var(--soft) }
input, select, button { padding: .45rem .8rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--card); color: inherit; font: inherit }
button { cursor: pointer }
button:hover { border-color: var(--soft) }
button:disabled { opacity: .35; cursor: default }
#search { flex: 1 1 16rem; max-width: 32rem; min-width: 0 }
label { color: var(--soft) }
#pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(16rem, 100%), 1fr)); gap: 1.25rem; list-style: none }
:root:not(.js) #pictures > li { content-visibility: auto; contain-intrinsic-size: auto 17rem auto 24rem }
figure { height: 100%; overflow: hidden; background: var(--card); border: 1px solid var(--line); border-radius: .6rem }
figure > a { display: block }
figure img { display: block; width: 100%; height: auto; aspect-ratio: 1; object-fit: contain; background: var(--well) }
a { color: var(--link) }
:focus-visible { outline: 3px solid var(--link); outline-offset: 1px }
figure > a:focus-visible { outline-offset: -3px }
figcaption { padding: .8rem 1rem 1rem }
.prompt { max-height: 8.1rem; overflow: auto; font-weight: 600; line-height: 1.35; overflow-wrap: anywhere; white-space: pre-line }
.js .prompt { display: -webkit-box; height: 2.7em; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; white-space: normal }
.glance { display: flex; flex-wrap: wrap; gap: 0 .75rem; margin-top: .5rem; color: var(--soft); font-size: .85rem }
.js .glance { height: 3em; align-content: start; overflow: hidden }
.model { flex: 0 1 100%; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
.model:has(+ b) { flex-basis: calc(100% - 7.5rem) }
.glance time { margin-left: auto }
b { padding: 0 .4rem; border-radius: .3rem; background: var(--mark-ground); color: var(--mark); font-weight: 500 }
details { margin-top: .5rem; font-size: .85rem }
.js details { display: none }
summary { color: var(--link); cursor: pointer }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .15rem .9rem; margin-top: .4rem; font-size: .85rem }
dt { color: var(--soft) }
dd { overflow-wrap: anywhere }
pre { margin-top: .6rem; padding: .6rem .8rem; border-radius: .4rem; background: var(--well); font: .8rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; white-space: pre-wrap; overflow-wrap: anywhere }
.note { margin-top: .4rem; color: var(--soft); font-size: .85rem }
dialog { width: 100vw; height: 100dvh; max-width: none; max-height: none; margin: 0; padding: 0; border: 0; background: var(--ground); color: var(--ink) }
dialog[open] { display: grid; grid-template: minmax(0, 1fr) / 3.5rem minmax(0, 1fr) 3.5rem minmax(18rem, 24rem) }
dialog .whole { grid-area: 1 / 2; display: grid; place-items: center; min-height: 0; padding: 1.5rem 0 }
dialog .whole img { display: block; max-width: 100%; max-height: calc(100dvh - 3rem); object-fit: contain; background: var(--well) }
#previous, #next { place-self: center; width: 2.75rem; height: 4rem; padding: 0; font-size: 1.8rem; line-height: 1 }
#previous { grid-area: 1 / 1 } #next { grid-area: 1 / 3 }
dialog section { grid-area: 1 / 4; display: grid; align-content: start; gap: 1.1rem; padding: 1rem 1.25rem; overflow-y: auto; border-left: 1px solid var(--line); background: var(--card) }
.bar { display: flex; align-items: center; justify-content: space-between; color: var(--soft) }
#close { width: 2.5rem; height: 2.5rem; padding: 0; font-size: 1.4rem; line-height: 1 }
#prompt { font-weight: 600; line-height: 1.4; overflow-wrap: anywhere; white-space: pre-line }
#prompt-box button, #again button { margin-top: .6rem; font-size: .85rem }
h2 { font-size: .95rem }
#copied { min-height: 1.5em; color: var(--soft) }
@media (max-width: 50rem) {
  dialog[open] { grid-template: minmax(0, 58dvh) auto / 3rem minmax(0, 1fr) 3rem; overflow-y: auto }
  dialog .whole { grid-area: 1 / 1 / 2 / 4; padding: 0 }
  dialog .whole img { max-height: 58dvh }
  #previous, #next { z-index: 1; opacity: .85 }
  dialog section { grid-area: 2 / 1 / 3 / 4; border: 0 }
}
@media print { #pictures { grid-template-columns: repeat(3, 1fr) } figure { break-inside: avoid } #tools { display: none } }
`
