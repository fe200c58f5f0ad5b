// Slack's blocks as nodes.

import { el } from "./dom.js";
import { address, mrkdwn } from "./mrkdwn.js";

/** `press(action_id)` is called for buttons; those with an address are links. */
export function blocks(given, names, press) {
  return given.map((block) => (DRAW[block.type] ?? unknown)(block, names, press));
}

function written(text, names) {
  if (!text) return null;
  return text.type === "mrkdwn" ? mrkdwn(text.text, names) : el("div", { dir: "auto", text: text.text });
}

function button(element, press) {
  if (element.url) {
    const link = address(element.url, element.text.text);
    link.classList.add("button");
    return link;
  }
  return el("button", {
    type: "button",
    class: element.style ?? null,
    "data-action": element.action_id,
    text: element.text.text,
    on: { click: () => confirmed(element) && press(element.action_id) },
  });
}

function confirmed(element) {
  if (!element.confirm) return true;
  return window.confirm(`${element.confirm.title.text}\n${element.confirm.text.text}`);
}

function choice(element, { id, name, required, placeholder }) {
  const options = (given) => given.map((option) => el("option", { value: option.value, text: option.text.text }));
  return el("select", { id, name, required }, el("option", { value: "", text: placeholder ?? "" }),
    (element.option_groups ?? []).map((group) => el("optgroup", { label: group.label.text }, options(group.options))),
    options(element.options ?? []));
}

const unknown = (block) => el("div", { class: "block context", text: `[${block.type}]` });

const DRAW = {
  header: (block) => el("h3", { class: "block", dir: "auto", text: block.text.text }),
  section: (block, names, press) =>
    el(
      "div",
      { class: "block section" },
      written(block.text, names),
      block.fields && el("div", { class: "fields" }, block.fields.map((field) => written(field, names))),
      block.accessory && button(block.accessory, press),
    ),
  context: (block, names) =>
    el("div", { class: "block context" }, block.elements.filter((e) => e.text).map((e) => written(e, names))),
  actions: (block, names, press) =>
    el("div", { class: "block actions" }, block.elements.map((element) => button(element, press))),
  divider: () => el("hr", { class: "block" }),
  input: (block) => {
    const { element } = block;
    const name = element.action_id;
    const about = {
      id: `input-${name}`,
      name,
      maxlength: element.max_length ?? 3000,
      required: !block.optional,
      placeholder: element.placeholder?.text,
    };
    const box = element.type === "static_select" ? choice(element, about)
      : element.multiline ? el("textarea", { ...about, rows: 4 }) : el("input", about);
    box.value = element.initial_value ?? element.initial_option?.value ?? "";
    return el(
      "div",
      { class: "block input" },
      el("label", { for: about.id, text: block.label.text + (block.optional ? " (optional)" : "") }),
      box,
      block.hint && el("p", { class: "hint", text: block.hint.text }),
    );
  },
};
