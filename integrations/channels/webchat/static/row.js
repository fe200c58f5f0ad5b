// One message as it stands in the log. The node stays when the message's state changes.

import { el, icon, safe, words } from "./dom.js";

/** A row for an entry of the transcript or for a message that is still waiting. */
export function row(message, tools) {
  const node = el("div", { class: `row ${message.role}` });
  fill(node, message, tools);
  return node;
}

const shownParts = new WeakMap();

/** Make the row show the message as it is now; what didn't change stays, and isn't read out again. */
export function fill(node, message, tools) {
  const { role, author, at, text, attachments, state, buttons, used, corrected_at: corrected } = message;
  const given = {
    by: [[role, author, at], () => byline(message, tools)],
    bubble: [[text, corrected, state === "deleted", attachments?.map((file) => file.name)], () => bubble(message, tools.t)],
    choices: [[buttons, used], () => choices(message, tools)],
    under: [[message.waiting, message.failed, message.newest, tools.online()], () => under(message, tools)],
  };
  const known = shownParts.get(node) ?? {};
  const parts = {};
  for (const [name, [reasons, make]] of Object.entries(given)) {
    const why = JSON.stringify(reasons);
    parts[name] = known[name]?.why === why ? known[name] : { why, node: make() };
    if (parts[name] === known[name] || !known[name]?.node) continue;
    if (parts[name].node) known[name].node.replaceWith(parts[name].node);
    else known[name].node.remove();
  }
  // A part that there wasn't before goes behind the one that stands before it.
  let before = node.querySelector(":scope > .day");
  for (const { node: part } of Object.values(parts)) {
    if (!part) continue;
    if (part.parentNode !== node) node.insertBefore(part, before ? before.nextSibling : node.firstChild);
    before = part;
  }
  shownParts.set(node, parts);
  node.classList.toggle("waiting", Boolean(message.waiting && !message.failed));
  node.classList.toggle("failed", Boolean(message.failed));
}

function byline({ role, author, at }, { t, moments }) {
  const moment = new Date(at);
  return el(
    "p",
    { class: "by" },
    role === "agent" && icon("person"),
    el("span", { class: "name", dir: "auto", text: author ?? t(role === "customer" ? "you" : role) }),
    el("time", { datetime: moment.toISOString(), title: moments.full(moment), text: moments.time(moment) }),
  );
}

function bubble(message, t) {
  const bare = !message.text && message.state !== "deleted" && message.attachments?.length > 0;
  return el("div", { class: bare ? "bubble bare" : "bubble" }, said(message, t), message.corrected_at && el("p", { class: "corrected", text: t("corrected") }), files(message, t));
}

function said(message, t) {
  if (message.state === "deleted") return el("p", { class: "text mask", text: t("deleted") });
  return message.text ? words(message.text, t) : null;
}

function files(message, t) {
  if (!message.attachments?.length) return null;
  return el("div", { class: "files" }, message.attachments.map((file) => shownFile(file, t)));
}

function shownFile(file, t) {
  const href = file.url ? safe(file.url) : null;
  const name = file.name || t(file.kind === "image" ? "image" : "attachment");
  const paper = () =>
    el(
      href ? "a" : "span",
      { class: "paper", href, target: href && "_blank", rel: href && "noopener noreferrer nofollow" },
      icon("file"),
      el("span", { dir: "auto", text: name }),
      file.size && el("span", { class: "size", text: size(file.size) }),
    );
  if (file.kind !== "image" || !href) return paper();
  const image = el("img", { src: href, alt: name, decoding: "async" });
  const picture = el("a", { class: "picture", href, target: "_blank", rel: "noopener noreferrer nofollow" }, image);
  // A page whose policy allows no pictures from here still gets the link.
  image.addEventListener("error", () => picture.replaceWith(paper()));
  return picture;
}

/** 340 kB, 2.1 MB. */
export function size(bytes) {
  return bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function choices(message, { t, choose }) {
  if (!message.buttons?.length) return null;
  const used = message.used !== undefined;
  return el(
    "div",
    { class: "choices", role: "group", "aria-label": t("choices") },
    message.buttons.map((button) => {
      const chosen = used && message.used === button.title;
      return el(
        "button",
        {
          class: chosen ? "pill chosen" : "pill",
          type: "button",
          disabled: used,
          "aria-label": chosen ? t("chosen", button.title) : null,
          on: { click: () => choose(button) },
        },
        chosen && icon("check"),
        button.title,
      );
    }),
  );
}

function under(message, { t, moments, online, fix }) {
  if (message.failed) {
    return el(
      "p",
      { class: "under bad" },
      icon("alert"),
      t("failed"),
      el("button", { type: "button", text: t("fix"), on: { click: () => fix(message) } }),
    );
  }
  if (!message.waiting && !message.newest) return null;
  const state = message.waiting ? t(online() ? "sending" : "waiting") : t("sent");
  const time = moments.time(new Date(message.at));
  return el("p", { class: "under", "aria-live": "off" }, !message.waiting && icon("check"), `${state} · ${time}`);
}
