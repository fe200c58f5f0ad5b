// The customers' side: one chat with the bot.

import { arrange, byId, clock, el, offer, sendOnEnter } from "./dom.js";
import { act } from "./http.js";
import { address } from "./mrkdwn.js";

const HINT = { it: "Scrivi al bot …", en: "Write to the bot …" };
const LANGUAGE = { it: "Italian", en: "English" };
const LINK = /https?:\/\/[^\s<>()]+[^\s<>().,;:!?]/g;
let state = null;
let editing = null;

const customer = () => byId("customer").value;

/** Draw the chats. */
export function show(given) {
  state = given;
  offer(byId("customer"), state.customers.map((c) => [c.name, `${c.name}, ${LANGUAGE[c.language] ?? c.language}`]));
  draw();
}

function draw() {
  const chat = state?.customers.find((c) => c.name === customer());
  if (!chat) return;
  byId("say-text").placeholder = HINT[chat.language] ?? HINT.en;
  byId("say-text").lang = chat.language;
  arrange(byId("chat"), chat.messages, (m) => `${chat.name}/${m.id}`, said);
}

function said(message) {
  return el(
    "li",
    { class: message.bot ? "bubble bot" : "bubble own", "data-id": message.id },
    message.picture ? el("img", { class: "picture", src: from(message.picture), alt: "Picture" }) : null,
    message.files.map((file) => el("a", { href: from(file.id), download: file.name, text: `📎 ${file.name}` })),
    message.text ? el("p", { class: "text", dir: "auto" }, ...linked(message.text)) : null,
    el(
      "p",
      { class: "when" },
      message.edited ? el("span", { text: "edited" }) : null,
      el("time", { text: clock(message.at) }),
      message.bot ? null : el("button", { type: "button", class: "link", text: "Edit", on: { click: () => change(message) } }),
    ),
    message.buttons.length ? el("div", { class: "keyboard" }, message.buttons.map(keys)) : null,
  );
}

const from = (id) => `/files/telegram/${encodeURIComponent(id)}`;

function linked(text) {
  const nodes = [];
  let place = 0;
  for (const found of text.matchAll(LINK)) {
    nodes.push(text.slice(place, found.index), address(found[0], found[0]));
    place = found.index + found[0].length;
  }
  return [...nodes, text.slice(place)];
}

function keys(row) {
  const key = ({ title, data, url }) => {
    if (url) return address(url, title);
    return el("button", { type: "button", text: title, on: { click: () => act("tap", { customer: customer(), data }) } });
  };
  return el("div", { class: "keys" }, row.map(key));
}

function change(message) {
  editing = message.id;
  byId("say-editing").hidden = false;
  byId("say-text").value = message.text;
  byId("say-text").focus();
}

function leave() {
  editing = null;
  byId("say-editing").hidden = true;
  byId("say-text").value = "";
}

async function send(event) {
  event.preventDefault();
  const text = byId("say-text").value.trim();
  if (!text) return;
  const verb = editing === null ? "say" : "correct";
  const message = editing;
  if (await act(verb, { customer: customer(), text, message })) leave();
}

async function picture() {
  if (await act("picture", { customer: customer(), text: byId("say-text").value.trim() })) leave();
}

/** Connect what is there from the start. */
export function begin() {
  byId("customer").addEventListener("change", () => {
    leave();
    draw();
  });
  byId("say").addEventListener("submit", send);
  byId("picture").addEventListener("click", picture);
  byId("say-editing").querySelector("button").addEventListener("click", leave);
  sendOnEnter(byId("say"));
}
