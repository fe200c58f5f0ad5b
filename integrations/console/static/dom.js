// Building the page out of nodes. Nothing here turns a text into markup.

import { t } from "./boot.js";

/** The element with this id; it must be there. */
export function byId(id) {
  return document.getElementById(id);
}

/**
 * An element: `class`, `text`, `on` (event to listener) and attributes; null and false are left
 * out, as are empty children.
 */
export function el(tag, given = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "text") node.textContent = value;
    else if (name === "on") {
      for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    } else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
  return node;
}

/** One of the page's drawings. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

const MASKS = /⟦(card|iban|password)⟧/g;

/** Somebody's words: their own direction, what was masked named in the reader's language. */
export function words(text, tag = "p", given = { class: "text" }) {
  const node = el(tag, { dir: "auto", ...given });
  let from = 0;
  for (const found of text.matchAll(MASKS)) {
    node.append(text.slice(from, found.index), el("span", { class: "mask", text: t(`mask.${found[1]}`) }));
    from = found.index + found[0].length;
  }
  node.append(text.slice(from));
  return node;
}

/**
 * Make `parent` hold `items` in order with as little change as possible: focus, selection and
 * reading position survive. `known` (a Map the caller keeps) goes from key to {node, shown}.
 */
export function arrange(parent, known, items, { key, make, fill }) {
  const active = document.activeElement;
  const keys = new Set(items.map(key));
  for (const [id, entry] of known) {
    if (keys.has(id)) continue;
    entry.node.remove();
    known.delete(id);
  }
  let place = parent.firstChild;
  for (const item of items) {
    const id = key(item);
    let entry = known.get(id);
    if (!entry) {
      entry = { node: make(item), shown: "" };
      known.set(id, entry);
    }
    const shown = JSON.stringify(item);
    if (entry.shown !== shown) {
      fill(entry.node, item);
      entry.shown = shown;
    }
    if (entry.node === place) place = place.nextSibling;
    else parent.insertBefore(entry.node, place);
  }
  if (active && active !== document.activeElement && document.contains(active)) active.focus({ preventScroll: true });
}

/** Say something to who listens to the page rather than looks at it. */
export function announce(text) {
  const place = byId("announcer");
  place.append(el("p", { text }));
  while (place.childElementCount > 5) place.firstElementChild.remove();
}
