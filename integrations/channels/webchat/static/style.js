// How the chat looks. A constructed stylesheet in a shadow root: the host page's rules don't reach
// in, and no content security policy has to allow inline styles.

const LIGHT = `
  --bg: #f7f2eb; --surface: #fffdfa; --raised: #efe8de; --line: #e2d9cc; --control: #8d8175;
  --text: #2a2420; --muted: #635950; --house: #8f3a2b; --on-house: #ffffff; --house-line: #8f3a2b; --focus: #14579c;
  --agent: #f7e4dc; --on-agent: #3b2019; --bad: #9c1c22; --bad-soft: #fbe6e3;
  --warn: #6e3c00; --warn-soft: #fbecd2;
  --shadow: 0 1px 2px rgb(60 40 20 / 14%), 0 12px 40px rgb(60 40 20 / 20%);`;
const DARK = `
  --bg: #191614; --surface: #26211e; --raised: #332c28; --line: #3a332d; --control: #8b8076;
  --text: #f0e8df; --muted: #b9ada1; --house: #94402e; --on-house: #ffffff; --house-line: #e6977f; --focus: #8cc0ff;
  --agent: #452a20; --on-agent: #fbe9e2; --bad: #ff9d97; --bad-soft: #45201e;
  --warn: #f2b767; --warn-soft: #40300f;
  --shadow: 0 1px 2px rgb(0 0 0 / 50%), 0 12px 40px rgb(0 0 0 / 55%);`;

export const STYLE = `
/* Inside wins over outside where both are important: whatever the page says of us, we stand. */
:host {
  all: initial !important; display: block !important; position: fixed !important;
  inset: auto 0 0 auto !important; width: 0 !important; height: 0 !important;
  overflow: visible !important; z-index: 2147483000 !important; pointer-events: auto !important;
}
:host([mode="page"]) {
  position: static !important; width: 100% !important; height: 100% !important; z-index: auto !important;
}
.chat { ${LIGHT}
  --accent: var(--ascolto-accent, var(--house)); --on-accent: var(--ascolto-on-accent, var(--on-house));
  --accent-line: var(--ascolto-accent, var(--house-line)); --round: var(--ascolto-radius, 18px);
  color-scheme: light; color: var(--text);
  font: 0.9375em/1.45 var(--ascolto-font, "Inter", "Segoe UI", system-ui, -apple-system, "Noto Sans", sans-serif);
  overflow-wrap: anywhere; text-align: start; -webkit-text-size-adjust: 100%;
}
@media (prefers-color-scheme: dark) { .chat:not([data-theme="light"]) { ${DARK} color-scheme: dark; } }
.chat[data-theme="dark"] { ${DARK} color-scheme: dark; }

*, *::before, *::after { box-sizing: border-box; }
[hidden] { display: none !important; }
h1, h2, p, ol, ul { margin: 0; padding: 0; font-weight: inherit; font-size: inherit; }
button, textarea { font: inherit; color: inherit; margin: 0; }
button { cursor: pointer; border: 0; background: none; padding: 0; -webkit-tap-highlight-color: transparent; }
button:disabled { cursor: default; }
:focus { outline: none; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
.unseen { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.icon { width: 1.35em; height: 1.35em; flex: none; display: block; fill: none; stroke: currentcolor; stroke-width: 1.7; stroke-linecap: round; stroke-linejoin: round; }
.mark { width: 34px; height: 34px; flex: none; display: block; fill: none; stroke: none; stroke-width: 1.8; stroke-linecap: round; }

.launcher {
  position: fixed; right: max(20px, env(safe-area-inset-right)); bottom: max(20px, env(safe-area-inset-bottom));
  width: 60px; height: 60px; border-radius: 50%; display: grid; place-items: center;
  background: var(--accent); color: var(--on-accent); box-shadow: var(--shadow); border: 2px solid var(--surface);
}
.launcher .icon { width: 32px; height: 32px; }
.launcher:hover { filter: brightness(1.08); }
.badge {
  position: absolute; top: -5px; right: -5px; min-width: 23px; height: 23px; padding: 0 6px; border-radius: 12px;
  background: #14579c; color: #fff; border: 2px solid var(--surface); font-size: 0.8em; font-weight: 700; line-height: 19px; text-align: center;
}
[data-side="left"] .launcher { right: auto; left: max(20px, env(safe-area-inset-left)); }

.panel {
  display: flex; flex-direction: column; background: var(--bg); overflow: hidden; position: fixed;
  right: max(20px, env(safe-area-inset-right)); bottom: 96px; width: 400px; max-width: calc(100vw - 40px);
  height: min(660px, calc(100dvh - 116px)); border-radius: var(--round); border: 1px solid var(--line); box-shadow: var(--shadow);
}
[data-side="left"] .panel { right: auto; left: max(20px, env(safe-area-inset-left)); }
.head { flex: none; display: flex; align-items: center; gap: 2px; padding: 13px 10px 13px 16px; background: var(--accent); color: var(--on-accent); }
.head .mark { color: var(--on-accent); }
.mark .weft { stroke: var(--accent); }
.mark .warp { stroke: var(--accent); opacity: 0.55; }
.mark .tail { stroke: currentcolor; stroke-width: 2.4; }
.head .who { flex: 1; min-width: 0; margin-left: 9px; }
.head :is(h1, h2) { font-size: 1.07em; font-weight: 700; line-height: 1.25; letter-spacing: 0.005em; }
.presence { font-size: 0.84em; line-height: 1.3; }
.head button { width: 40px; height: 40px; border-radius: 50%; display: grid; place-items: center; }
.head button:hover { background: color-mix(in srgb, var(--on-accent) 16%, transparent); }
.head :focus-visible { outline-color: var(--on-accent); outline-offset: -3px; }
.banner { flex: none; padding: 7px 16px; background: var(--warn-soft); color: var(--warn); font-size: 0.87em; font-weight: 600; text-align: center; }

.middle { position: relative; flex: 1; min-height: 0; display: flex; }
.log { flex: 1; min-width: 0; overflow-y: auto; overscroll-behavior: contain; padding: 18px 16px 10px; scrollbar-width: thin; scrollbar-color: var(--control) transparent; }
.log:focus-visible { outline-offset: -3px; }
.hello { padding: 10px 4px 18px; }
.hello .greeting { font-size: 1.45em; font-weight: 700; line-height: 1.2; letter-spacing: -0.01em; text-wrap: balance; }
.hello .more { margin-top: 8px; color: var(--muted); }
.hello a { display: inline-block; color: inherit; font-size: 0.93em; margin-top: 6px; }
.starters { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 18px; }
.pill {
  min-height: 38px; padding: 7px 15px; border-radius: 19px; border: 1.5px solid var(--accent-line); background: var(--surface);
  color: var(--text); font-weight: 600; line-height: 1.3; text-align: start;
}
.pill:hover:not(:disabled) { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
.pill:disabled { border-color: var(--line); color: var(--muted); background: transparent; font-weight: 400; }
.pill.chosen:disabled { border-color: var(--control); color: var(--text); background: var(--raised); font-weight: 600; display: inline-flex; align-items: center; gap: 6px; }
.pill .icon { width: 1.1em; height: 1.1em; stroke-width: 2.4; }
.earlier { display: block; margin: 0 auto 14px; padding: 6px 14px; min-height: 32px; border-radius: 16px; background: var(--raised); font-size: 0.87em; font-weight: 600; }
.earlier:hover { background: var(--line); }

.day { align-self: stretch; margin: 14px 0 12px; text-align: center; color: var(--muted); font-size: 0.8em; font-weight: 600; }
.day:first-letter { text-transform: uppercase; }
.row { display: flex; flex-direction: column; align-items: flex-start; margin-bottom: 3px; }
.row.last { margin-bottom: 13px; }
.row.customer { align-items: flex-end; }
.by { display: flex; align-items: center; gap: 6px; margin: 2px 4px 4px; color: var(--muted); font-size: 0.8em; }
.by .name { font-weight: 700; color: var(--text); unicode-bidi: isolate; }
.by .icon { width: 1.15em; height: 1.15em; }
.row:not(.first) .by { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.row.customer .by, .row.system .by { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.bubble { max-width: min(86%, 34em); padding: 9px 14px; border-radius: 17px; background: var(--surface); border: 1px solid var(--line); }
.bubble.bare { padding: 0; border: 0; background: none; }
.text { white-space: pre-wrap; unicode-bidi: isolate; }
.text a { color: inherit; text-underline-offset: 2px; }
.corrected { font-size: 0.8em; margin-top: 2px; }
.mask { font-style: italic; opacity: 0.85; }
.row.bot.last .bubble, .row.agent.last .bubble { border-bottom-left-radius: 5px; }
.row.agent .bubble { background: var(--agent); color: var(--on-agent); border-color: transparent; }
.row.customer .bubble { background: var(--accent); color: var(--on-accent); border-color: transparent; }
.row.customer.last .bubble { border-bottom-right-radius: 5px; }
.row.customer .bubble.bare { background: none; color: inherit; }
.row.customer.waiting .bubble { background: color-mix(in srgb, var(--accent) 88%, var(--bg)); }
.row.customer.failed .bubble { background: var(--bad-soft); color: var(--bad); border: 1px solid var(--bad); }
.row.system .bubble { max-width: 100%; background: transparent; border: 0; border-left: 3px solid var(--accent-line); border-radius: 0; padding: 2px 0 2px 12px; margin: 6px 0; color: var(--text); }
.under { margin: 3px 5px 0; color: var(--muted); font-size: 0.8em; display: flex; align-items: center; gap: 4px; }
.under .icon { width: 1.1em; height: 1.1em; }
.under.bad { color: var(--bad); font-weight: 600; flex-wrap: wrap; justify-content: flex-end; }
.under button { min-height: 28px; padding: 2px 8px; border-radius: 8px; text-decoration: underline; text-underline-offset: 2px; color: var(--text); font-weight: 600; }
.choices { display: flex; flex-wrap: wrap; gap: 7px; margin: 8px 0 4px; }
.files { display: grid; justify-items: start; gap: 6px; margin-top: 6px; }
.customer .bare .files { justify-items: end; }
.bare .files, .files:first-child { margin-top: 0; }
.picture { display: block; border-radius: 14px; overflow: hidden; border: 1px solid var(--line); background: var(--raised); }
.picture img { display: block; max-width: min(240px, 100%); max-height: 240px; min-height: 60px; object-fit: cover; }
.paper { display: inline-flex; align-items: center; gap: 9px; padding: 8px 13px 8px 10px; border-radius: 12px; background: var(--surface); border: 1px solid var(--control); color: var(--text); text-decoration: none; max-width: 100%; }
a.paper:hover { background: var(--raised); }
.paper .size { color: var(--muted); font-size: 0.87em; white-space: nowrap; }
.below { position: absolute; left: 50%; bottom: 10px; transform: translateX(-50%); display: inline-flex; align-items: center; gap: 6px; padding: 7px 15px; min-height: 36px; border-radius: 18px; background: var(--text); color: var(--bg); font-size: 0.87em; font-weight: 600; box-shadow: var(--shadow); }
.typing { display: inline-flex; align-items: center; gap: 4px; padding: 13px 15px; border-radius: 17px; border-bottom-left-radius: 5px; background: var(--surface); border: 1px solid var(--line); margin-bottom: 10px; }
.typing i { width: 7px; height: 7px; border-radius: 50%; background: var(--muted); opacity: 0.75; }

.composer { flex: none; background: var(--surface); border-top: 1px solid var(--line); padding: 9px 10px max(9px, env(safe-area-inset-bottom)); }
.composer.over { outline: 3px dashed var(--focus); outline-offset: -6px; }
.line { display: flex; align-items: flex-end; gap: 5px; }
.composer textarea {
  flex: 1; min-width: 0; height: 42px; max-height: 150px; resize: none; padding: 10px 13px; line-height: 20px; border-radius: 21px;
  border: 1px solid var(--control); background: var(--bg); overflow-y: auto; scrollbar-width: thin;
}
.composer textarea:focus-visible { outline: 2px solid var(--focus); outline-offset: -2px; }
.composer textarea::placeholder { color: var(--muted); opacity: 1; }
.round { flex: none; width: 42px; height: 42px; border-radius: 50%; display: grid; place-items: center; color: var(--muted); }
.round:hover { background: var(--raised); color: var(--text); }
.round.send { background: var(--accent); color: var(--on-accent); }
.round.send[aria-disabled="true"] { background: var(--raised); color: var(--muted); }
.word { padding: 5px 12px 0; font-size: 0.84em; color: var(--muted); }
.word.bad { color: var(--bad); font-weight: 600; }
.chips { display: flex; flex-wrap: wrap; gap: 7px; padding: 2px 2px 9px; }
.chip { display: inline-flex; align-items: center; gap: 7px; max-width: 100%; padding: 4px 4px 4px 11px; border-radius: 12px; background: var(--raised); font-size: 0.87em; }
.chip .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; max-width: 180px; }
.chip button { width: 28px; height: 28px; border-radius: 50%; display: grid; place-items: center; flex: none; }
.chip button:hover { background: var(--line); }
.chip.busy { opacity: 0.75; }
.sure { flex: none; background: var(--surface); border-bottom: 1px solid var(--line); padding: 14px 16px; }
.sure div { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 11px; }

:host([mode="page"]) .chat { height: 100%; display: grid; place-items: center; padding: clamp(0px, 3vmin, 32px); }
:host([mode="page"]) .panel { position: static; width: min(780px, 100%); max-width: none; height: 100%; max-height: 960px; }
:host([mode="page"]) .head { padding: 16px 14px 16px 22px; }
:host([mode="page"]) .mark { width: 42px; height: 42px; }
:host([mode="page"]) .log { padding: 24px 24px 12px; }
:host([mode="page"]) .hello .greeting { font-size: 1.75em; }
:host([mode="page"]) .composer { padding-inline: 16px; }

@media (max-width: 480px), (max-height: 520px) {
  .panel { inset: 0 !important; width: 100%; max-width: none; height: var(--seen-height, 100dvh); border: 0; border-radius: 0; }
  .log, :host([mode="page"]) .log { padding: 14px 12px 8px; }
  :host([mode="page"]) .chat { padding: 0; }
  :host([mode="page"]) .panel { position: fixed; max-height: none; }
  .chat[data-open] .launcher { display: none; }
  .head, :host([mode="page"]) .head { padding: 9px 6px 9px 12px; }
  .mark, :host([mode="page"]) .mark { width: 30px; height: 30px; }
  .hello .greeting, :host([mode="page"]) .hello .greeting { font-size: 1.3em; }
}
@media (pointer: coarse) { .composer textarea { font-size: 16px; } .pill { min-height: 44px; border-radius: 22px; } }
@media (max-width: 400px) { .pill { padding-inline: 12px; } }
@media (forced-colors: active) { .bubble, .launcher, .round, .pill { border: 1px solid; } }
@media (prefers-reduced-motion: no-preference) {
  .panel:not([hidden]) { animation: rise 190ms cubic-bezier(0.2, 0.8, 0.3, 1); }
  :host([mode="page"]) .panel { animation: none; }
  .row.fresh .bubble, .row.fresh .choices, .typing { animation: come 190ms cubic-bezier(0.2, 0.8, 0.3, 1); }
  .launcher, .pill, .round, .head button { transition: background-color 120ms, color 120ms, filter 120ms; }
  .typing i { animation: breathe 1.2s infinite; }
  .typing i:nth-of-type(2) { animation-delay: 160ms; }
  .typing i:nth-of-type(3) { animation-delay: 320ms; }
}
@keyframes rise { from { opacity: 0; transform: translateY(14px) scale(0.985); } }
@keyframes come { from { opacity: 0; transform: translateY(7px); } }
@keyframes breathe { 0%, 60%, 100% { transform: none; opacity: 0.45; } 30% { transform: translateY(-3px); opacity: 1; } }
`;

/** Give a shadow root the chat's looks. */
export function dress(root) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];
}

/** White or near-black, whichever reads better on a colour; null for what isn't a colour. */
export function readable(colour) {
  const canvas = document.createElement("canvas").getContext("2d");
  if (!canvas || !CSS.supports("color", colour)) return null;
  canvas.fillStyle = colour;
  canvas.fillRect(0, 0, 1, 1);
  const [red, green, blue] = [...canvas.getImageData(0, 0, 1, 1).data].map((part) => part / 255).map((part) =>
    part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4,
  );
  const light = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return 1.05 / (light + 0.05) >= (light + 0.05) / 0.055 ? "#ffffff" : "#140d0a";
}
