// One example: its text, edited in place, with the entities marked in it.

import { t } from "./boot.js";
import { announce, el } from "./dom.js";
import * as menu from "./review-entities.js";
import { follow, marked, meant, onOneLine, pieces } from "./review-spans.js";
import { entityTitle } from "./review-words.js";
import { draftOf, edit, original, toggle, work } from "./review-work.js";

const SHORT = 28;
const shorten = (text) => (text.length > SHORT ? `${[...text].slice(0, SHORT).join("")}…` : text);

/** An example's box; `node.draw(number)` shows it as it stands now. */
export function newEditor(message) {
  // The text stands twice in one place: as marks, and above them in the box that is written in.
  const mirror = el("div", { class: "mirror", dir: "auto", "aria-hidden": "true" });
  const box = el("textarea", { rows: "1", dir: "auto", spellcheck: "false", "aria-keyshortcuts": "Control+E" });
  const drop = el("button", { type: "button", class: "plain drop", text: "×", on: { click: () => toggle(message.id, false) } });
  const entities = el("ul", { class: "entities" });
  const mark = el("button", { type: "button", class: "mark", "aria-haspopup": "menu" });
  const restore = el("button", { type: "button", class: "plain", text: t("review.examples.restore"), on: { click: () => original(message) } });
  const node = el("div", { class: "example", tabindex: "-1", "data-message": message.id },
    el("div", { class: "written" }, mirror, box, drop), el("div", { class: "marking" }, entities, mark, restore));

  const range = () => meant(box.value, box.selectionStart, box.selectionEnd);

  function tellRange() {
    const part = range();
    mark.textContent = part ? t("review.examples.mark", { text: shorten(box.value.slice(part.start, part.end)) }) : t("review.examples.mark_none");
    mark.setAttribute("aria-disabled", String(!part));
  }

  function ask() {
    const part = range();
    if (!part) {
      announce(t("review.examples.nothing_to_mark"));
      box.focus();
      return;
    }
    const text = box.value.slice(part.start, part.end);
    box.setSelectionRange(part.start, part.end);
    mark.setAttribute("aria-expanded", "true");
    menu.ask(node, text, {
      chosen(entity) {
        mark.setAttribute("aria-expanded", "false");
        const draft = draftOf(message);
        edit(message, { ...draft, entities: marked(draft.entities, { ...part, entity }) });
        box.focus();
        box.setSelectionRange(part.end, part.end);
        announce(t("review.examples.marked", { text, entity: entityTitle(entity) }));
      },
      left(back) {
        mark.setAttribute("aria-expanded", "false");
        if (back) box.focus();
      },
    });
  }

  function unmark(span) {
    const draft = draftOf(message);
    edit(message, { ...draft, entities: draft.entities.filter(({ start, end }) => start !== span.start || end !== span.end) });
    announce(t("review.examples.unmarked", { text: draft.text.slice(span.start, span.end), entity: entityTitle(span.entity) }));
    (entities.querySelector("button") ?? box).focus();
  }

  node.draw = (number) => {
    const draft = draftOf(message);
    box.setAttribute("aria-label", t("review.examples.text", { number }));
    drop.setAttribute("aria-label", t("review.examples.drop", { number }));
    drop.title = t("review.examples.drop", { number });
    if (box.value !== draft.text) box.value = draft.text;
    mirror.replaceChildren(...pieces(draft.text, draft.entities).map(({ text, span }) => (span ? el("mark", { text }) : text)), "\u200b");
    box.setAttribute("aria-invalid", String(draft.text.trim() === ""));
    restore.hidden = !work.drafts.has(String(message.id));
    entities.hidden = draft.entities.length === 0;
    entities.replaceChildren(...draft.entities.map((span) => {
      const text = draft.text.slice(span.start, span.end);
      const entity = entityTitle(span.entity);
      return el("li", { "data-entity": span.entity },
        el("span", { class: "entity-name", text: entity }), el("bdi", { text: shorten(text) }),
        el("button", { type: "button", class: "plain", text: "×", title: t("review.examples.unmark", { entity, text }), "aria-label": t("review.examples.unmark", { entity, text }), on: { click: () => unmark(span) } }));
    }));
    tellRange();
  };

  box.addEventListener("input", () => {
    const value = onOneLine(box.value);
    if (value !== box.value) {
      const caret = box.selectionStart;
      box.value = value;
      box.setSelectionRange(caret, caret);
    }
    const draft = draftOf(message);
    edit(message, { text: value, entities: follow(draft.text, value, draft.entities) });
  });
  box.addEventListener("focus", () => (work.active = message.id));
  for (const event of ["select", "keyup", "pointerup", "focus"]) box.addEventListener(event, tellRange);
  box.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const command = (event.ctrlKey || event.metaKey) && !event.altKey;
    if (command && event.key.toLowerCase() === "e") {
      event.preventDefault();
      ask();
    } else if (event.key === "Enter" && !command) event.preventDefault();
    else if (event.key === "Escape") node.focus();
  });
  mark.addEventListener("click", ask);
  return node;
}
