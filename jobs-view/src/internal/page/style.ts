/** How the pages look: light or dark as the reader's system is, from a phone's width up. */
export const style = `
:root { color-scheme: light dark; --ground: #f6f5f2; --card: #fff; --well: #ebe9e4; --ink: #1d1c1a; --soft: #63605a; --line: #dfdcd5; --link: #2a5db0;
  --done: #2f855a; --failed: #c53030; --undecided: #b7791f; --cancelled: #8a857c; --running: #3b76d0; --waiting: #dcd8cf; --pause: #f3e2b3;
  --good-ground: #e3f2e9; --good: #22543d; --bad-ground: #fbe9e7; --bad: #9b2c2c; --ask-ground: #fbf1d9; --ask: #744210; --open-ground: #e4edfb; --open: #234e94 }
@media (prefers-color-scheme: dark) {
  :root { --ground: #161618; --card: #212125; --well: #101012; --ink: #ecebe8; --soft: #a3a09a; --line: #37363b; --link: #8db4f5;
    --done: #48a878; --failed: #e5635c; --undecided: #d9a441; --cancelled: #77736c; --running: #6ea0f0; --waiting: #3a393f; --pause: #57451f;
    --good-ground: #1c3a2c; --good: #a3dfc0; --bad-ground: #43211f; --bad: #f8b4ad; --ask-ground: #40331a; --ask: #f3d28c; --open-ground: #1f2f4d; --open: #b5cffb }
}
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 100rem; padding: 1.75rem clamp(1rem, 3vw, 3rem) 4rem; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif }
a { color: var(--link) }
a:focus-visible, button:focus-visible, input:focus-visible, [tabindex]:focus-visible { outline: 3px solid var(--link); outline-offset: 2px }
p, ul, dl, figure, h1, h2 { margin: 0; padding: 0 }
ul { list-style: none }
code { font-size: .85em; overflow-wrap: anywhere }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 1rem; margin-bottom: 1.25rem }
header .up { flex-basis: 100%; font-size: .9rem }
h1 { font-size: 1.6rem; line-height: 1.25; overflow-wrap: anywhere }
h2 { font-size: 1.05rem; margin-bottom: .6rem }
.soft, small { color: var(--soft) }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
.live { font-size: .85rem; color: var(--soft) }
.live::before { content: ""; display: inline-block; width: .55rem; height: .55rem; margin-right: .4rem; border-radius: 50%; background: var(--undecided) }
.live[data-state="live"]::before { background: var(--done) }
.panel { padding: 1.1rem 1.25rem 1.2rem; background: var(--card); border: 1px solid var(--line); border-radius: .6rem }
#causes { max-height: 24rem; overflow: auto }
.top { display: grid; gap: 1rem; margin-bottom: 1.5rem }
@media (min-width: 56rem) {
  .top { grid-template-columns: minmax(0, 1fr) minmax(0, 26rem) }
  #causes { max-height: max(100%, 19rem); contain: size; height: auto }
  #summary:has(+ #causes:empty) { grid-column: 1 / -1 }
}
.panel:empty { display: none }
.state { display: flex; flex-wrap: wrap; align-items: baseline; gap: .15rem .75rem; margin-bottom: .6rem }
.percent { font-size: 1.5rem; line-height: 1.2; font-variant-numeric: tabular-nums }
.badge, .bill { display: inline-block; padding: .05rem .55rem; border-radius: 1rem; font-size: .8rem; font-weight: 600; white-space: nowrap }
.open, .badge { background: var(--open-ground); color: var(--open) }
.badge.whole, .bill.notBilled { background: var(--good-ground); color: var(--good) }
.badge.flawed, .bill.billed { background: var(--bad-ground); color: var(--bad) }
.bill.unknown { background: var(--ask-ground); color: var(--ask) }
.bar svg { display: block; width: 100%; height: .8rem; border-radius: .4rem; background: var(--waiting) }
.bar.money svg { height: .35rem; margin-top: .75rem }
rect.done { fill: var(--done) } rect.failed { fill: var(--failed) } rect.undecided, rect.unsettled { fill: var(--undecided) }
rect.cancelled { fill: var(--cancelled) } rect.running { fill: var(--running) } rect.waiting { fill: var(--waiting) }
rect.spent { fill: var(--soft) } rect.reserved { fill: var(--undecided) }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.25rem; margin: .6rem 0 0; font-size: .9rem; color: var(--soft); font-variant-numeric: tabular-nums }
.legend b { color: var(--ink) }
.legend li::before { content: ""; display: inline-block; width: .65rem; height: .65rem; margin-right: .4rem; border-radius: .2rem; background: var(--waiting) }
.legend .done::before { background: var(--done) } .legend .failed::before { background: var(--failed) } .legend .undecided::before, .legend .unsettled::before { background: var(--undecided) }
.legend .cancelled::before { background: var(--cancelled) } .legend .running::before { background: var(--running) }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(9.5rem, 42%), 1fr)); gap: .75rem 1.25rem; margin-top: 1rem }
.figures dt { font-size: .8rem; color: var(--soft) }
.figures dd { margin: 0; font-size: 1.15rem; font-weight: 600; line-height: 1.3; font-variant-numeric: tabular-nums }
.figures small { display: block; font-size: .8rem; font-weight: 400 }
.warning { margin-top: .9rem; padding: .5rem .8rem; border-radius: .4rem; background: var(--ask-ground); color: var(--ask) }
.warning a { color: inherit }
.charts { display: grid; gap: .8rem 2.5rem; margin-bottom: 1.5rem; padding-bottom: .8rem }
@media (min-width: 56rem) { .charts { grid-template-columns: repeat(2, minmax(0, 1fr)) } .charts > p { grid-column: 1 / -1 } }
.charts figcaption { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; padding: 0 }
.charts h2 { margin: 0 0 .3rem; font-size: .95rem }
.charts .legend { margin: 0 0 .3rem; font-size: .8rem }
.charts > p { font-size: .8rem }
.legend .paused::before { background: var(--pause) }
.plot { display: block; width: calc(100% - 3.4rem); margin-left: 3.4rem; overflow: visible; font-size: .75rem; font-variant-numeric: tabular-nums }
.plot text { fill: var(--soft) } .plot .y { text-anchor: end }
@media (max-width: 30rem) { .plot .x { font-size: .65rem } }
.plot .grid { stroke: var(--line) } .plot .base { stroke: var(--soft) }
.plot .done { fill: var(--done) } .plot .failed { fill: var(--failed) } .plot .part { opacity: .5 } .plot .paused { fill: var(--pause) }
.plot .area { fill: var(--running); opacity: .2 } .plot .line { fill: none; stroke: var(--running); stroke-width: 2; vector-effect: non-scaling-stroke }
.details rect { fill: transparent } .details rect:hover { fill: var(--ink); opacity: .08 }
.causes { display: grid; gap: 1rem; font-size: .92rem; line-height: 1.45 }
.causes li p:first-child { display: flex; flex-wrap: wrap; align-items: baseline; gap: .1rem .5rem }
.causes li { padding-left: .9rem; border-left: 3px solid var(--failed); overflow-wrap: anywhere }
.tabs { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin-bottom: .9rem; border-bottom: 1px solid var(--line) }
.tabs a { padding: .3rem 0; color: var(--soft); text-decoration: none; border-bottom: 2px solid transparent }
.tabs a:hover { color: var(--ink) }
.tabs a[aria-current] { color: var(--ink); font-weight: 600; border-color: var(--link) }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(14rem, 100%), 1fr)); gap: 1rem }
.card { overflow: hidden; background: var(--card); border: 1px solid var(--line); border-radius: .6rem }
.card.failed { border-color: var(--failed) } .card.undecided, .card.unsettled { border-color: var(--undecided) }
.card.new { animation: come .35s ease-out }
@keyframes come { from { opacity: 0; transform: scale(.97) } }
@media (prefers-reduced-motion: reduce) { .card.new { animation: none } }
.frame { aspect-ratio: 1; background: var(--well) }
.frame a { display: block; width: 100%; height: 100% }
.frame img { display: block; width: 100%; height: 100%; object-fit: contain }
.frame.many { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); grid-auto-rows: minmax(0, 1fr); gap: 2px }
.frame.many:has(:nth-child(5)) { grid-template-columns: repeat(3, minmax(0, 1fr)) }
.frame.many a { min-height: 0 }
.frame.none { display: grid; place-items: center; color: var(--soft) }
.card.failed .frame.none { aspect-ratio: auto; padding: .35rem; background: var(--bad-ground); color: var(--bad); font-size: .85rem; font-weight: 600 }
.card.undecided .frame.none, .card.unsettled .frame.none { aspect-ratio: auto; padding: .35rem; background: var(--ask-ground); color: var(--ask); font-size: .85rem; font-weight: 600 }
.card.cancelled .frame.none { aspect-ratio: auto; padding: .35rem; font-size: .85rem; font-weight: 600 }
figcaption { padding: .75rem .9rem .8rem }
.prompt { max-height: 5.6rem; overflow: auto; font-size: .93rem; font-weight: 500; line-height: 1.4; overflow-wrap: anywhere; white-space: pre-line }
.failure p:first-child { display: flex; flex-wrap: wrap; align-items: baseline; gap: .1rem .5rem }
.failure { display: grid; gap: .35rem; margin-top: .5rem; font-size: .88rem; line-height: 1.4; overflow-wrap: anywhere }
.ask { padding: .45rem .6rem; border-radius: .4rem; background: var(--ask-ground); color: var(--ask) }
.facts { display: flex; flex-wrap: wrap; gap: 0 .65rem; margin-top: .5rem; font-size: .8rem; color: var(--soft); font-variant-numeric: tabular-nums }
.pages { display: flex; gap: 1.5rem; justify-content: center; margin-top: 1.5rem }
.jobs { display: grid; gap: .9rem }
.jobs li { display: grid; gap: .5rem; padding: 1rem 1.25rem; background: var(--card); border: 1px solid var(--line); border-radius: .6rem; font-size: .9rem; font-variant-numeric: tabular-nums }
.jobs .head { display: flex; flex-wrap: wrap; align-items: baseline; gap: .15rem .75rem; font-size: 1.1rem; font-weight: 600; overflow-wrap: anywhere }
.empty { padding: 2rem 0 }
:not(:empty) + .empty { display: none }
.login { display: grid; place-items: center; min-height: 70vh }
.login form { display: grid; gap: .75rem; width: min(24rem, 100%) }
input, button { padding: .55rem .75rem; border: 1px solid var(--soft); border-radius: .4rem; background: var(--ground); color: inherit; font: inherit }
button { border-color: var(--link); background: var(--link); color: var(--card); font-weight: 600; cursor: pointer }
`
