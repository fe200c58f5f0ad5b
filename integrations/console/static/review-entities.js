// The small menu that says what a part of a text is.

import { t } from "./boot.js";
import { el } from "./dom.js";
import { entityTitle, vocabulary } from "./review-words.js";

let opened = null;

/** Ask what `text` is, below `place`; `chosen(entity)` or `left()` once. */
export function ask(place, text, { chosen, left }) {
  close();
  const items = vocabulary.entities.map((name) =>
    el("button", { type: "button", role: "menuitem", tabindex: "-1", "data-entity": name }, el("span", { text: entityTitle(name) }), el("code", { text: name })));
  const menu = el("div", { class: "entity-menu", role: "menu", "aria-label": t("review.examples.menu", { text }) }, items);
  const away = (event) => {
    if (!menu.contains(event.target)) finish(left, false);
  };
  function finish(then, back = true) {
    document.removeEventListener("pointerdown", away, true);
    menu.remove();
    opened = null;
    then(back);
  }
  opened = () => finish(left, false);
  menu.addEventListener("click", (event) => {
    const name = event.target.closest("[data-entity]")?.dataset.entity;
    if (name) finish(() => chosen(name));
  });
  menu.addEventListener("keydown", (event) => onKey(event, items, () => finish(left)));
  menu.addEventListener("focusout", (event) => {
    // Closing itself moves the focus, too.
    if (opened && event.relatedTarget && !menu.contains(event.relatedTarget)) finish(left, false);
  });
  document.addEventListener("pointerdown", away, true);
  place.append(menu);
  items[0]?.focus();
  menu.scrollIntoView({ block: "nearest" });
}

export function close() {
  opened?.();
}

function onKey(event, items, leave) {
  const at = items.indexOf(document.activeElement);
  const last = items.length - 1;
  const to = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: last }[event.key];
  if (to !== undefined) items[(to + items.length) % items.length]?.focus();
  else if (event.key === "Escape" || event.key === "Tab") leave();
  else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey && event.key !== " ") {
    const letter = event.key.toLowerCase();
    const order = [...items.slice(at + 1), ...items.slice(0, at + 1)];
    order.find((item) => item.textContent.toLowerCase().startsWith(letter))?.focus();
  } else return;
  event.preventDefault();
  event.stopPropagation();
}
