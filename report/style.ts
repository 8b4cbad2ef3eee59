import { Html } from "./html.ts";

/** Colours by role, light and dark; contrast of text at least 4.5 to 1 in both. */
export const style = new Html(`
:root { --back:#fbfbfa; --front:#1d1f21; --quiet:#5c6166; --line:#d9dbdd; --panel:#fff; --mark:#2c5f9e; --good:#1c6b3c; --bad:#a8201a; --spot:#8a5300; --warn:#7a4a00; --open:#e3edf8; }
@media (prefers-color-scheme: dark) { :root { --back:#141618; --front:#e6e7e8; --quiet:#a2a8ae; --line:#34393e; --panel:#1c1f22; --mark:#86b4ea; --good:#72cf97; --bad:#ff8f87; --spot:#e6b25e; --warn:#e6b25e; --open:#1f3550; } }
* { box-sizing:border-box; }
body { margin:0 auto; max-width:76rem; padding:1rem; background:var(--back); color:var(--front); font:15px/1.5 system-ui,sans-serif; overflow-wrap:anywhere; }
header { display:flex; flex-wrap:wrap; gap:.5rem 2rem; align-items:baseline; border-bottom:1px solid var(--line); padding-bottom:.5rem; }
h1 { font-size:1.3rem; margin:0; } h2 { font-size:1.25rem; margin:2rem 0 0; } h3 { font-size:1rem; margin:0 0 .6rem; }
nav { display:flex; flex-wrap:wrap; gap:.25rem 1rem; } a { color:inherit; }
p { margin:.25rem 0; } section { background:var(--panel); border:1px solid var(--line); border-radius:8px; padding:1rem; margin:1rem 0; }
.quiet, small { color:var(--quiet); } .good { color:var(--good); } .bad { color:var(--bad); font-weight:600; } .warn { color:var(--warn); }
.cards { display:grid; grid-template-columns:repeat(auto-fit,minmax(min(17rem,100%),1fr)); gap:1rem; background:none; border:0; padding:0; }
.card { background:var(--panel); border:1px solid var(--line); border-top:4px solid var(--good); border-radius:8px; padding:1rem; color:var(--front); font-weight:400; min-width:0; }
.card.bad { border-color:var(--bad); border-top-width:4px; } .card h2 { margin:0 0 .3rem; } .card dl { display:block; } .card dt { color:var(--quiet); font-size:.85rem; margin-top:.5rem; } .card dd { color:var(--front); overflow-wrap:anywhere; } .card ul { margin:0; padding-left:1rem; }
.failures { border:2px solid var(--bad); } .failures h3 { color:var(--bad); }
.meter { display:block; position:relative; height:.5rem; margin:.25rem 0; background:var(--line); border-radius:.25rem; overflow:hidden; } .meter i, .meter b { position:absolute; inset:0 auto 0 0; background:var(--mark); } .meter i { opacity:.4; } .meter.over i, .meter.over b { background:var(--bad); }
.filter { display:flex; flex-wrap:wrap; gap:.5rem 1rem; align-items:center; margin:.5rem 0; } .filter[hidden] { display:none; } input, select { font:inherit; color:inherit; background:var(--back); border:1px solid var(--quiet); border-radius:4px; padding:.15rem .4rem; max-width:11rem; }
pre { overflow-x:auto; font-size:.85rem; margin:.3rem 0; } .files { columns:22rem; } .files li, .changes li { overflow-wrap:anywhere; } .changes { list-style:none; padding-left:0; } .changes div { padding-left:1.2rem; color:var(--quiet); } .added > b { color:var(--good); } .removed > b { color:var(--bad); }
:focus-visible { outline:2px solid var(--mark); outline-offset:2px; }
.scroll { overflow-x:auto; }
.map { display:grid; grid-template-columns:minmax(8rem,auto) repeat(var(--zones),minmax(8.5rem,1fr)); gap:.5rem; }
.zone { color:var(--quiet); text-align:center; } .pool { font-weight:600; align-self:center; }
.nodes { display:flex; flex-direction:column; border:1px solid var(--line); border-left:3px solid var(--mark); border-radius:6px; padding:.4rem .6rem; }
.nodes.none { border-style:dashed; border-left:1px dashed var(--line); } .nodes b { font-weight:600; } .spot { color:var(--spot); }
.runs { grid-column:2 / -1; display:flex; flex-wrap:wrap; gap:.35rem; margin-bottom:.6rem; }
.chip { border:1px solid var(--line); border-radius:1rem; padding:.05rem .7rem; white-space:nowrap; } .outside { display:flex; flex-wrap:wrap; gap:.35rem; align-items:center; margin-top:.5rem; }
table { overflow-wrap:normal; border-collapse:collapse; width:100%; } th, td { text-align:left; vertical-align:top; padding:.35rem .6rem; border-bottom:1px solid var(--line); font-weight:400; }
thead th { color:var(--quiet); } tbody th { font-weight:600; white-space:nowrap; }
.bar { display:grid; grid-template-columns:4rem 1fr 3rem; gap:.5rem; align-items:center; min-width:12rem; } .bar i { height:.5rem; background:var(--line); border-radius:.25rem; overflow:hidden; } .bar b { display:block; height:100%; background:var(--mark); } .bar span:last-child { text-align:right; }
.matrix { width:auto; font-size:.85rem; } .matrix thead th { vertical-align:bottom; } .matrix thead span { writing-mode:vertical-rl; transform:rotate(180deg); } .matrix td { border:1px solid var(--line); text-align:center; min-width:2.2rem; } .matrix td.open { background:var(--open); }
details { border-top:1px solid var(--line); padding:.3rem 0; } summary { cursor:pointer; } ul { margin:.3rem 0 .3rem 1rem; padding-left:1rem; } code { font-size:.9em; }
dl { display:grid; grid-template-columns:minmax(10rem,auto) 1fr; gap:.25rem 1rem; margin:0; } dd { margin:0; color:var(--quiet); }
@media (max-width:40rem) { body { padding:.5rem; } section { padding:.7rem; } dl { grid-template-columns:1fr; } dd { margin-bottom:.4rem; }
  .map { grid-template-columns:repeat(var(--zones),minmax(5rem,1fr)); } .map > :first-child { display:none; } .pool, .runs { grid-column:1 / -1; } .pool { margin-top:.4rem; } .chip { white-space:normal; overflow-wrap:anywhere; } }
`);
