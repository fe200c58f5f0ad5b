// What did they want? The likely intents at one tap, all of them by typing.

import { t } from "./boot.js";
import { announce, byId, el } from "./dom.js";
import { share } from "./moments.js";
import { choosable, intentTitle, mayBeChosen } from "./review-words.js";
import * as state from "./review-work.js";

const { work } = state;
const LIKELY = 5;

const box = byId("intent");
const options = byId("intents");
let found = [];
let at = -1;
let drawn = "";

export function start() {
  state.onChange(draw);
  box.addEventListener("input", () => offer(true));
  box.addEventListener("focus", () => offer(box.value !== ""));
  box.addEventListener("click", () => offer(true));
  box.addEventListener("blur", close);
  box.addEventListener("keydown", onKey);
  // The box keeps the focus while an option is pressed.
  options.addEventListener("pointerdown", (event) => event.preventDefault());
  options.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) pick(option.dataset.intent);
  });
}

/** Write in the search box. */
export function search() {
  if (!work.group || byId("deciding").hidden) return;
  box.focus();
  box.select();
  offer(true);
}

/** The intents that are likely: what agents said first, then how the bot read the messages. */
export function likely() {
  const offered = new Map();
  const labels = Object.entries(work.group.labels ?? {}).sort(([, one], [, other]) => other - one);
  for (const [intent, count] of labels) offered.set(intent, { intent, by: "agent", count });
  const heard = new Map();
  for (const { reading } of work.messages) {
    for (const { intent, confidence } of reading?.ranking ?? []) heard.set(intent, (heard.get(intent) ?? 0) + confidence);
  }
  const ranked = [...heard].sort(([, one], [, other]) => other - one);
  const of = Math.max(1, work.messages.filter(({ reading }) => reading).length);
  for (const [intent, sum] of ranked) {
    if (offered.size >= LIKELY) break;
    if (!offered.has(intent)) offered.set(intent, { intent, by: "bot", confidence: sum / of });
  }
  if (work.intent && !offered.has(work.intent)) offered.set(work.intent, { intent: work.intent });
  return [...offered.values()].filter(({ intent }) => mayBeChosen(intent));
}

function draw() {
  if (!work.group) return;
  const all = likely();
  const now = JSON.stringify([all, work.intent]);
  if (now === drawn && byId("choices").childElementCount === all.length) return;
  drawn = now;
  const focused = byId("choices").contains(document.activeElement) && document.activeElement.dataset.intent;
  byId("choices").replaceChildren(...all.map(choice));
  if (focused) button(focused)?.focus({ preventScroll: true });
}

function choice({ intent, by, count, confidence }) {
  const on = intent === work.intent;
  const from = by === "agent" ? `${t("review.choice.agent")} ${count}` : by === "bot" ? share(confidence) : "";
  return el("button", { type: "button", class: "likely", "data-intent": intent, "aria-pressed": String(on), title: intent, on: { click: () => choose(intent) } },
    el("span", { text: intentTitle(intent) }), from ? el("span", { class: `from ${by}`, text: from }) : "");
}

function button(intent) {
  return byId("choices").querySelector(`[data-intent="${CSS.escape(intent)}"]`);
}

function choose(intent) {
  state.intend(intent);
  announce(t("review.choice.chosen", { title: intentTitle(intent) }));
}

function pick(intent) {
  box.value = "";
  close();
  choose(intent);
  // From here single keys work again: try, accept.
  button(intent)?.focus();
}

const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** Intents in whose names or titles, in either language, every word typed is found. */
function matching(typed) {
  const parts = plain(typed).split(/[\s_]+/).filter(Boolean);
  const scored = [];
  for (const intent of choosable()) {
    const names = [intentTitle(intent.name), intent.name.replaceAll("_", " "), ...Object.values(intent.title ?? {})].map(plain);
    const together = names.join(" ");
    if (!parts.every((part) => together.includes(part))) continue;
    const begins = names.some((name) => parts.length > 0 && name.startsWith(parts[0]));
    const starts = parts.every((part) => together.split(/[^\p{L}\p{N}]+/u).some((each) => each.startsWith(part)));
    scored.push({ intent, score: (begins ? 0 : 1) + (starts ? 0 : 2) });
  }
  return scored.sort((one, other) => one.score - other.score).map(({ intent }) => intent);
}

function offer(open) {
  if (!open) return;
  found = matching(box.value);
  at = box.value && found.length > 0 ? 0 : -1;
  options.replaceChildren(...found.map((intent, index) =>
    el("li", { role: "option", id: `intent-${index}`, "data-intent": intent.name, "aria-selected": String(index === at) },
      el("span", { text: intentTitle(intent.name) }), el("code", { text: intent.name }))));
  if (found.length === 0) options.replaceChildren(el("li", { class: "muted", role: "option", "aria-disabled": "true", text: t("review.choice.none") }));
  options.hidden = false;
  box.setAttribute("aria-expanded", "true");
  tellActive();
}

function close() {
  options.hidden = true;
  at = -1;
  box.setAttribute("aria-expanded", "false");
  box.removeAttribute("aria-activedescendant");
}

function tellActive() {
  for (const [index, option] of [...options.children].entries()) option.setAttribute("aria-selected", String(index === at));
  if (at < 0) {
    box.removeAttribute("aria-activedescendant");
    return;
  }
  box.setAttribute("aria-activedescendant", `intent-${at}`);
  options.children[at].scrollIntoView({ block: "nearest" });
}

function onKey(event) {
  if (event.isComposing) return;
  const open = !options.hidden;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    if (!open) offer(true);
    else if (found.length > 0) at = (at + step + found.length + (at < 0 && step < 0 ? 1 : 0)) % found.length;
    tellActive();
  } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    if (open && at >= 0) pick(found[at].name);
  } else if (event.key === "Escape") {
    event.preventDefault();
    if (open && box.value) {
      box.value = "";
      offer(true);
    } else {
      close();
      byId("choices").querySelector("button")?.focus();
    }
  }
}
