/**
 * How the page of a gallery looks: light or dark as the reader's system is, and in as many columns as there is room
 * for.
 */
export const style = `
:root { color-scheme: light dark; --ground: #f6f5f2; --card: #fff; --well: #ebe9e4; --ink: #1d1c1a; --soft: #63605a; --line: #dfdcd5; --link: #2a5db0 }
@media (prefers-color-scheme: dark) {
  :root { --ground: #161618; --card: #212125; --well: #101012; --ink: #ecebe8; --soft: #a3a09a; --line: #37363b; --link: #8db4f5 }
}
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 110rem; padding: 2rem clamp(1rem, 3vw, 3rem) 4rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif }
h1 { margin: 0; font-size: 1.6rem; line-height: 1.25; overflow-wrap: anywhere }
header p { margin: .25rem 0 1.75rem; color: var(--soft) }
ul { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(19rem, 100%), 1fr)); gap: 1.25rem; margin: 0; padding: 0; list-style: none }
figure { height: 100%; margin: 0; overflow: hidden; background: var(--card); border: 1px solid var(--line); border-radius: .6rem }
figure > a, figure > img { display: block }
img { display: block; width: 100%; height: auto; aspect-ratio: 1; object-fit: contain; background: var(--well) }
a { color: var(--link) }
a:focus-visible { outline: 3px solid var(--link); outline-offset: -3px }
figcaption { padding: .9rem 1rem 1rem }
figcaption p { margin: 0 0 .7rem; max-height: 8.1rem; overflow: auto; font-weight: 600; line-height: 1.35; overflow-wrap: anywhere; white-space: pre-line }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .15rem .9rem; margin: 0; font-size: .85rem }
dt { color: var(--soft) }
dd { margin: 0; overflow-wrap: anywhere }
@media print { ul { grid-template-columns: repeat(3, 1fr) } figure { break-inside: avoid } }
`
