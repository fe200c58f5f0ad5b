// What did they want? One box that finds a wish as it is typed; what isn't found is said in words.
// Nobody has to answer: an empty box is no answer, and nothing waits for the list.

import { t } from "./boot.js";
import { byId, el } from "./dom.js";
import { expected, get } from "./http.js";

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
let options = [];
let likely = [];
let marked = -1;
let asking = 0;

/** Listen to the box; once a page. */
export function start() {
  const box = byId("wanted");
  box.addEventListener("input", open);
  box.addEventListener("click", open);
  box.addEventListener("blur", shut);
  box.addEventListener("keydown", pressed);
  // A press on the list must not take the focus from the box, which would shut the list first.
  byId("wanted-list").addEventListener("pointerdown", (event) => event.preventDefault());
  byId("wanted-list").addEventListener("click", (event) => take(event.target.closest("[role=option]")));
}

/** Begin with a label (`{wanted, wanted_words}`) or nothing, and find out what may be meant. */
export async function show(conversation, label = {}) {
  const mine = ++asking;
  options = [];
  likely = [];
  byId("wanted").value = label.wanted_words ?? "";
  shut();
  try {
    const found = await get(`/conversations/${conversation}/wishes`);
    if (mine !== asking) return;
    options = found.options;
    likely = found.likely;
    const known = options.find((option) => option.name === label.wanted);
    if (known && byId("wanted").value === "") byId("wanted").value = known.title;
    if (document.activeElement === byId("wanted") && byId("wanted").value !== "") open();
  } catch (problem) {
    // Without the list, what is typed is kept as it is.
    expected(problem);
  }
}

/** The answer: a wish that was chosen or typed out, own words, or nothing. */
export function answer() {
  const text = byId("wanted").value.trim();
  const known = options.find((option) => fold(option.title) === fold(text));
  return known ? { wanted: known.name } : text ? { wanted_words: text } : {};
}

function open() {
  const list = byId("wanted-list");
  const text = byId("wanted").value.trim();
  const parts = fold(text).split(/\s+/);
  const whole = options.some((option) => fold(option.title) === fold(text));
  const fitting = options.filter((option) => whole || parts.every((part) => fold(option.title).includes(part)));
  const first = likely.map((name) => fitting.find((option) => option.name === name)).filter(Boolean);
  const others = fitting.filter((option) => !first.includes(option));
  const nodes = [
    ...group("wanted.likely", first),
    ...group(first.length ? "wanted.others" : "", others),
    text && !whole ? el("li", { role: "option", id: "wanted-own", class: "own", "aria-selected": "false", "data-text": text, dir: "auto", text: t("wanted.own", { text }) }) : "",
    text ? "" : el("li", { role: "presentation", class: "hint", text: t("wanted.own_hint") }),
  ];
  list.replaceChildren(...nodes.filter(Boolean));
  list.hidden = false;
  byId("wanted").setAttribute("aria-expanded", "true");
  mark(-1);
}

function group(key, found) {
  if (!found.length) return [];
  const title = key && el("li", { role: "presentation", class: "group", text: t(key) });
  return [title, ...found.map((option) => el("li", { role: "option", id: `wanted-${option.name}`, "aria-selected": "false", "data-text": option.title, text: option.title }))];
}

function shut() {
  byId("wanted-list").hidden = true;
  byId("wanted").setAttribute("aria-expanded", "false");
  byId("wanted").removeAttribute("aria-activedescendant");
}

function mark(place) {
  const shown = [...byId("wanted-list").querySelectorAll("[role=option]")];
  marked = shown.length ? Math.max(-1, Math.min(place, shown.length - 1)) : -1;
  shown.forEach((node, at) => node.setAttribute("aria-selected", String(at === marked)));
  const node = shown[marked];
  if (!node) {
    byId("wanted").removeAttribute("aria-activedescendant");
    return;
  }
  byId("wanted").setAttribute("aria-activedescendant", node.id);
  node.scrollIntoView({ block: "nearest" });
}

function take(node) {
  if (!node) return;
  byId("wanted").value = node.dataset.text;
  shut();
}

function pressed(event) {
  const shown = !byId("wanted-list").hidden;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (!shown) open();
    mark(event.key === "ArrowDown" ? marked + 1 : marked - 1);
  } else if (event.key === "Enter" && shown && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    const node = byId("wanted-list").querySelector("[aria-selected=true]");
    if (node) take(node);
    else shut();
  } else if (event.key === "Escape" && shown) {
    event.preventDefault();
    event.stopPropagation();
    shut();
  }
}
