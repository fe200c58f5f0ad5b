// The chosen messages as examples.

import { t } from "./boot.js";
import { byId, el } from "./dom.js";
import { newEditor } from "./review-editor.js";
import * as state from "./review-work.js";

const { work } = state;
const editors = new Map();

export function start() {
  state.onChange(draw);
}

/** Go to the example's text. */
export function write() {
  const message = state.active();
  if (!message) return;
  const box = editors.get(message.id).querySelector("textarea");
  box.focus();
  box.setSelectionRange(box.value.length, box.value.length);
}

function draw() {
  const place = byId("examples");
  if (!work.group) {
    editors.clear();
    place.replaceChildren();
    return;
  }
  const all = state.chosen();
  byId("examples-title").textContent = t("review.examples.title", { count: all.length });
  const wanted = new Set(all.map(({ id }) => id));
  for (const [id, node] of editors) {
    if (wanted.has(id)) continue;
    // Whoever dropped an example goes on from where it was.
    if (node.contains(document.activeElement)) byId("evidence").focus({ preventScroll: true });
    node.remove();
    editors.delete(id);
  }
  place.querySelectorAll(":scope > p").forEach((node) => node.remove());
  for (const [index, message] of all.entries()) {
    if (!editors.has(message.id)) editors.set(message.id, newEditor(message));
    const node = editors.get(message.id);
    if (place.children[index] !== node) place.insertBefore(node, place.children[index] ?? null);
    node.draw(index + 1);
  }
  place.append(el("p", { class: "hint", text: t(all.length > 0 ? "review.examples.mark_hint" : "review.examples.none") }));
}
