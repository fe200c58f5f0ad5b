// The agents' side: the channel's cards, the thread of one of them, writing in it.

import { blocks } from "./blocks.js";
import { arrange, byId, clock, el, offer, sendOnEnter } from "./dom.js";
import { act } from "./http.js";
import { emoji, mrkdwn } from "./mrkdwn.js";

let state = null;
let open = null;
let newest = null;
let editing = null;

export const agent = () => byId("agent").value;

/** Draw the workspace. */
export function show(given) {
  state = given;
  byId("channel-name").textContent = `# ${state.channel}`;
  offer(byId("agent"), state.agents.map(({ id, name }) => [id, name]));
  const last = state.messages.at(-1)?.ts ?? null;
  // A new card opens its thread, unless somebody is writing in another.
  if (last !== newest && !byId("post-text").value) open = last;
  newest = last;
  draw();
}

/** Draw again, for another agent or another thread. */
export function draw() {
  if (!state) return;
  const seen = state.ephemerals.filter((e) => e.to === agent());
  const channel = [...state.messages, ...seen.filter((e) => !e.thread)];
  arrange(byId("channel"), channel.sort(byTime).map(strip), (m) => m.ts, inChannel);
  const parent = state.messages.find((m) => m.ts === open);
  byId("post").hidden = !parent;
  byId("thread-name").textContent = parent ? `Thread: ${title(parent)}` : "Thread";
  const inThread = parent ? [...parent.replies, ...seen.filter((e) => e.thread === open)] : [];
  const me = agent();
  arrange(byId("thread"), inThread.sort(byTime).map((m) => ({ ...m, me })), (m) => m.ts, (m) => posted(m, true));
}

const byTime = (a, b) => (a.ts < b.ts ? -1 : 1);
const strip = ({ replies, ...message }) => ({ ...message, count: replies?.length ?? 0, open: message.ts === open });
const title = (message) => message.blocks.find((b) => b.type === "header")?.text.text ?? message.text.slice(0, 40);

function inChannel(message) {
  const node = posted(message, false);
  if (message.to) return node;
  node.classList.toggle("open", message.open);
  const text = message.count === 1 ? "1 reply" : `${message.count} replies`;
  const pick = () => {
    open = message.ts;
    leave();
    draw();
  };
  node.append(el("button", { type: "button", class: "link thread-link", text: `${text}: open the thread`, on: { click: pick } }));
  return node;
}

function posted(message, inThread) {
  const press = (action) => act("click", { agent: agent(), ts: message.ts, action });
  const content = message.blocks.length ? blocks(message.blocks, state.names, press) : [mrkdwn(message.text, state.names)];
  return el(
    "li",
    { class: message.to ? "post only-you" : "post", "data-ts": message.ts },
    message.to && el("p", { class: "only", text: "Only you can see this" }),
    el(
      "p",
      { class: "by" },
      el("b", { text: message.name ?? "Ascolto" }),
      message.bot || message.to ? el("span", { class: "app", text: "APP" }) : null,
      el("time", { text: clock(Number(message.ts)) }),
      message.edited ? el("span", { text: "(edited)" }) : null,
    ),
    ...content,
    ...(message.files ?? []).map(attached),
    message.reactions?.length
      ? el("p", { class: "reactions" }, message.reactions.map(({ name, count }) => el("span", {}, emoji(name), ` ${count}`)))
      : null,
    inThread && !message.bot && !message.to ? tools(message) : null,
  );
}

function attached(file) {
  const from = `/files/slack/${encodeURIComponent(file.id)}`;
  if (file.picture) return el("img", { class: "picture", src: from, alt: file.name });
  return el("a", { href: from, download: file.name, text: `📎 ${file.name}` });
}

function tools(message) {
  const button = (text, name, click) => el("button", { type: "button", class: "link", "data-tool": name, text, on: { click } });
  const change = () => {
    editing = message.ts;
    byId("post-editing").hidden = false;
    byId("post-text").value = plain(message.text);
    byId("post-text").focus();
  };
  const own = message.user === agent();
  return el(
    "p",
    { class: "tools" },
    button("Send to customer", "shortcut", () => act("shortcut", { agent: agent(), ts: message.ts })),
    own ? button("Edit", "edit", change) : null,
    own ? button("Delete", "delete", () => act("delete", { agent: agent(), ts: message.ts })) : null,
  );
}

const plain = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

function leave() {
  editing = null;
  byId("post-editing").hidden = true;
  byId("post-text").value = "";
}

async function send(event) {
  event.preventDefault();
  const box = byId("post-text");
  const picture = byId("post-picture");
  const text = box.value.trim();
  if (!text) return;
  const done = editing
    ? await act("edit", { agent: agent(), ts: editing, text })
    : await act("post", { agent: agent(), text, thread: open, picture: picture.checked });
  if (!done) return;
  leave();
  picture.checked = false;
}

/** Connect what is there from the start. */
export function begin() {
  byId("agent").addEventListener("change", draw);
  byId("post").addEventListener("submit", send);
  byId("post-editing").querySelector("button").addEventListener("click", leave);
  sendOnEnter(byId("post"));
}
