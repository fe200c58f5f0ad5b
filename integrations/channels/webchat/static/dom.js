// Building the chat out of nodes. Nothing here turns a text into markup.

const SVG = "http://www.w3.org/2000/svg";
const DRAWINGS = {
  chat: "M4 5.5h16v10.5H11l-4.5 4v-4H4z",
  close: "M6 6l12 12M18 6L6 18",
  down: "M5 9l7 7 7-7",
  send: "M12 19V5M5.5 11.5L12 5l6.5 6.5",
  attach: "M18.5 11.2l-7 7a4.3 4.3 0 0 1-6.1-6.1l7.4-7.4a2.9 2.9 0 0 1 4.1 4.1l-7.2 7.2a1.4 1.4 0 0 1-2-2l6.4-6.4",
  sound: "M5 9.5v5h3l4.5 4v-13L8 9.5zM16 9a4.2 4.2 0 0 1 0 6M18.4 6.6a7.6 7.6 0 0 1 0 10.8",
  silent: "M5 9.5v5h3l4.5 4v-13L8 9.5zM16 9.8l4.5 4.5M20.5 9.8L16 14.3",
  file: "M13.5 3.5H6.5v17h11v-13zM13.5 3.5v4h4",
  check: "M5 12.5l4.5 4.5L19 7.5",
  person: "M12 4.5a3.6 3.6 0 1 1 0 7.2 3.6 3.6 0 0 1 0-7.2zM5 20c.6-4 3.4-5.8 7-5.8s6.4 1.8 7 5.8",
  alert: "M12 7.5v6M12 16.6v.1M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17z",
  forget: "M5 7h14M10 7V4.5h4V7M7 7l1 12.5h8L17 7M10.3 10.5v5.5M13.7 10.5v5.5",
};
// The mill's skein, as on every page of the house.
const MARK = [
  ["circle", { cx: 16, cy: 15, r: 12, fill: "currentColor" }],
  ["path", { d: "M7 11c6-5 13-5 18 0M5 16c7-5 15-5 22 0M8 21c5-4 11-4 16 0", class: "weft" }],
  ["path", { d: "M9 5c5 5 7 14 3 21M16 3c4 7 4 16 0 24", class: "warp" }],
  ["path", { d: "M24 24c2 3 4 3 6 5", class: "tail" }],
];

/**
 * An element: `class`, `text`, `on` (event to listener) and attributes; null, undefined and false
 * are left out, as are empty children.
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
  node.append(...children.flat().filter(Boolean));
  return node;
}

/** A line drawing. */
export function icon(name) {
  return drawing("0 0 24 24", "icon", [["path", { d: DRAWINGS[name] }]]);
}

/** The house's mark. */
export function mark() {
  return drawing("0 0 32 32", "mark", MARK);
}

function drawing(viewBox, name, shapes) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", viewBox);
  svg.setAttribute("class", name);
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  for (const [tag, given] of shapes) {
    const shape = document.createElementNS(SVG, tag);
    for (const [key, value] of Object.entries(given)) shape.setAttribute(key, value);
    svg.append(shape);
  }
  return svg;
}

const LINKS = /\bhttps?:\/\/[^\s<>"'`⟦⟧\u2028\u2029]+/gi;
const MASKS = /⟦(card|iban|password)⟧/g;

/** Somebody's words in their own direction: addresses to follow, what was masked by its name. */
export function words(text, t) {
  const node = el("p", { class: "text", dir: "auto" });
  let from = 0;
  for (const found of text.matchAll(LINKS)) {
    const address = trimmed(found[0]);
    const link = safe(address);
    if (!link) continue;
    node.append(...unmasked(text.slice(from, found.index), t), linked(link, address));
    from = found.index + address.length;
  }
  node.append(...unmasked(text.slice(from), t));
  return node;
}

/** An address that can be followed without harm, else null. */
export function safe(address) {
  try {
    const url = new URL(address);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}

function linked(href, address) {
  // What stands before an "@" may look like a host: then nothing is left out.
  const text = address.includes("@") ? address : address.replace(/^https:\/\//i, "");
  return el("a", { href, text, target: "_blank", rel: "noopener noreferrer nofollow" });
}

// A sentence's full stop isn't the address's; a bracket is, if the address opened it.
function trimmed(address) {
  let end = address.length;
  while (end > 0) {
    const last = address[end - 1];
    const unopened = last === ")" && !address.slice(0, end).includes("(");
    if (!/[.,;:!?…»”’]/.test(last) && !unopened) break;
    end -= 1;
  }
  return address.slice(0, end);
}

function unmasked(text, t) {
  const parts = [];
  let from = 0;
  for (const found of text.matchAll(MASKS)) {
    parts.push(text.slice(from, found.index), el("span", { class: "mask", text: t(`mask_${found[1]}`) }));
    from = found.index + found[0].length;
  }
  parts.push(text.slice(from));
  return parts.filter(Boolean);
}
