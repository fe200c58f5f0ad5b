// Single keys as shortcuts: never while somebody writes, and only if the agent wants them.

import { byId } from "./dom.js";
import { choice, keepChoice } from "./kept.js";

const WRITING = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";

/** `actions`: from key to what it does. */
export function start(actions) {
  const box = byId("shortcuts");
  box.checked = choice("shortcuts", true);
  box.addEventListener("change", () => keepChoice("shortcuts", box.checked));
  byId("show-help").addEventListener("click", () => byId("help").showModal());
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat && !"jk".includes(event.key)) return;
    if (event.key === "Escape" && event.target.id === "search") event.target.blur();
    if (event.target.closest(WRITING) || document.querySelector("dialog[open]")) return;
    if (event.key === "?") {
      event.preventDefault();
      byId("help").showModal();
      return;
    }
    const action = box.checked && actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
