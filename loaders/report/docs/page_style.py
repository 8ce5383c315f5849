"""Stylesheet of the page; in Python, so that it is installed with the package."""

CSS = """\
:root { color-scheme: light dark; --ink: #1f2933; --pale: #52606d; --line: #d5dae1; --back: #fbfbf9; --card: #ffffff;
  --link: #1d5fa8; --warn: #fff1cc; --warn-ink: #5b4300; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e7eb; --pale: #9aa5b1; --line: #3a444f; --back: #14181d;
  --card: #1b2128; --link: #7db7f0; --warn: #463a14; --warn-ink: #ffe7a3; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.5rem 4rem; max-width: 90rem; color: var(--ink); background: var(--back);
  font: 16px/1.55 system-ui, sans-serif; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .3rem; }
h2 { font-size: 1.35rem; margin: 3rem 0 .4rem; }
h3 { font-size: 1.05rem; margin: 2rem 0 .4rem; }
p, ul { max-width: 48rem; }
.lead, .pale, figcaption { color: var(--pale); }
a { color: var(--link); }
nav a { margin-right: 1.2rem; }
.banner { padding: .7rem 1rem; border-radius: .4rem; background: var(--warn); color: var(--warn-ink); max-width: none; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; background: var(--card); }
th, td { padding: .4rem .7rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { font-weight: 600; color: var(--pale); white-space: nowrap; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
code, .name { font-family: ui-monospace, monospace; font-size: .92em; }
.name { white-space: nowrap; }
.source { overflow-wrap: anywhere; min-width: 15rem; }
figure { margin: 1rem 0; }
figure div { overflow-x: auto; padding: .5rem; border: 1px solid var(--line); border-radius: .4rem;
  background: #ffffff; }
figure img { display: block; }
figcaption { font-size: .9rem; margin-top: .3rem; }
.fit img { max-width: 100%; height: auto; min-width: 60rem; }
details { margin: .6rem 0; }
summary { cursor: pointer; }
.swatch { display: inline-block; width: .8em; height: .8em; border-radius: .2em; margin-right: .4em;
  border: 1px solid var(--line); }
"""
