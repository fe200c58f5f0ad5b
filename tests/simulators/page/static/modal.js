// The modal that is open at the agent's.

import { blocks } from "./blocks.js";
import { byId, el } from "./dom.js";
import { act } from "./http.js";

let current = null;
// What was submitted comes back when the app refuses it.
const submitted = new Map();

/** Show the newest of the agent's open views, or none. What was typed stays when it is updated. */
export function show(views, names, agent) {
  const dialog = byId("modal");
  const view = views.filter((v) => v.user === agent).at(-1) ?? null;
  const shown = JSON.stringify(view);
  if (shown === dialog.shown) return;
  dialog.shown = shown;
  const typed = view && (current === view.id ? values(dialog) : (submitted.get(view.id) ?? {}));
  current = view?.id ?? null;
  if (!view) {
    dialog.close();
    dialog.replaceChildren();
    return;
  }
  dialog.replaceChildren(form(view, names));
  for (const [name, value] of Object.entries(typed)) {
    const box = dialog.querySelector(`[name="${CSS.escape(name)}"]`);
    if (box) box.value = value;
  }
  if (!dialog.open) dialog.showModal();
  dialog.querySelector("textarea, input, select")?.focus();
}

function form(view, names) {
  const submit = (event) => {
    event.preventDefault();
    submitted.set(view.id, values(byId("modal")));
    act("submit", { view: view.id, values: submitted.get(view.id) });
  };
  return el(
    "form",
    { on: { submit } },
    el("h2", { id: "modal-title", text: view.title?.text ?? "" }),
    el("div", { class: "modal-blocks" }, blocks(view.blocks ?? [], names, () => {})),
    el(
      "div",
      { class: "row end" },
      el("button", { type: "button", "data-modal": "close", text: view.close?.text ?? "Close", on: { click: close } }),
      view.submit ? el("button", { class: "primary", "data-modal": "submit", text: view.submit.text }) : null,
    ),
  );
}

function values(dialog) {
  return Object.fromEntries([...dialog.querySelectorAll("textarea, input, select")].map((box) => [box.name, box.value]));
}

function close() {
  if (current) act("close", { view: current });
}

/** Escape closes it as the button does. */
export function begin() {
  byId("modal").addEventListener("cancel", (event) => {
    event.preventDefault();
    close();
  });
}
