// One entry of a conversation as a node: who says it, to whom, and whether it arrived.

import { agent, t, word } from "./boot.js";
import { el, icon, words } from "./dom.js";
import { exactly, share, timeOf } from "./moments.js";

const LONG_CHARS = 1500;
const LONG_LINES = 25;
const STATES = {
  pending: ["clock", ""],
  sending: ["clock", ""],
  sent: ["check", ""],
  delivered: ["checks", ""],
  read: ["checks", ""],
  failed: ["alert", "state-bad"],
  unknown: ["ask", "state-warn"],
  refused: ["stop", "state-warn"],
  expired: ["stop", "state-warn"],
};
/** What didn't reach the customer, or perhaps didn't, can be said again. */
const SAID_AGAIN = new Set(["failed", "unknown", "refused", "expired"]);

/** Fill `node` (a list item) with `message`; `use(text)` puts a text in the reply box. */
export function fill(node, message, { name, conversation, use }) {
  node.dataset.id = message.id;
  if (message.role === "customer") fromCustomer(node, message, name, conversation);
  else if (message.role === "note") note(node, message);
  else toCustomer(node, message, use);
}

/** How a message is announced to who listens. */
export function spoken(message, name) {
  const event = message.role === "customer" ? happened(message) : "";
  if (event) return event;
  const by = message.role === "customer" ? name : message.role === "note" ? t("role.note") : message.author || word("role", message.role);
  if (message.kind === "postback") return [by, t("message.tapped"), message.tapped].filter(Boolean).join(": ");
  return `${by}: ${(message.text ?? t("message.attachment")).slice(0, 200)}`;
}

/** What a customer did without saying anything, in words; nothing for what they said. */
function happened(message) {
  if (message.kind === "delete") return t("message.deleted_event");
  if (message.kind === "reaction") {
    const reaction = (message.text ?? "").slice(0, 20);
    return reaction ? t("message.reaction_event", { reaction }) : t("message.reaction_gone");
  }
  if (message.kind !== "receipt") return "";
  const membership = message.context?.membership;
  if (membership === "blocked" || membership === "unblocked") return t(`message.${membership}_event`);
  return t("message.receipt_event");
}

function fromCustomer(node, message, name, conversation) {
  const event = happened(message);
  if (event) {
    node.className = "message event";
    node.replaceChildren(el("p", { dir: "auto" }, event, " ", moment(message)));
    return;
  }
  const gone = Boolean(message.deleted_at);
  node.className = `message customer${gone ? " gone" : message.corrected_at ? " replaced" : ""}`;
  const body = el("div", { class: "body" });
  if (gone) body.append(el("p", { class: "text", text: t("message.deleted") }));
  else if (message.kind === "postback") body.append(tap(message.tapped));
  else if (message.text) body.append(...long(message.text));
  body.append(...files(message, conversation));
  node.replaceChildren(
    el("p", { class: "by" },
      el("b", { dir: "auto", text: name }), " ",
      message.kind === "edit" ? `${t("message.correction")} · ` : "",
      message.public ? `${t("message.public")} · ` : "",
      moment(message)),
    body,
    el("p", { class: "under" }, ...understanding(message), ...facts(message)),
  );
}

/** A tapped button by the words on it, which the customer didn't write. */
function tap(title) {
  const name = el("em", { text: title ? `${t("message.tapped")}: ` : t("message.tapped") });
  return el("p", { class: "text" }, name, ...(title ? [el("span", { dir: "auto", text: title })] : []));
}

function toCustomer(node, message, use) {
  const stopped = message.state === "refused" || message.state === "expired";
  node.className = `message ${message.role}${stopped ? " stopped" : message.corrected_at ? " replaced" : ""}`;
  const body = el("div", { class: "body" }, ...(message.text ? long(message.text) : []), ...files(message));
  if (message.buttons.length > 0) {
    body.append(el("ul", { class: "offered", "aria-label": t("message.buttons") }, message.buttons.map((title) => el("li", { text: title }))));
  }
  const corrects = message.corrects ? ` · ${t("message.correction")} · ` : " ";
  const corrected = message.corrected_at ? [el("span", { text: t("message.corrected_by_us", { time: timeOf(message.corrected_at) }) })] : [];
  node.replaceChildren(el("p", { class: "by" }, byline(message), corrects, moment(message)), body, el("p", { class: "under" }, ...delivery(message, use), ...corrected));
}

function note(node, message) {
  node.className = "message note";
  node.replaceChildren(
    el("p", { class: "by" }, icon("lock"), " ", t("role.note"), " · ", t("message.only_team"), " · ",
      el("b", { dir: "auto", text: message.author === agent ? t("role.me") : message.author }), " ", moment(message)),
    el("div", { class: "body" }, ...long(message.text)),
  );
}

function byline(message) {
  if (message.role !== "agent") return el("b", { text: word("role", message.role) });
  const own = message.author === agent;
  return el("b", { dir: "auto", text: own ? `${t("role.me")} (${agent})` : message.author ?? t("role.agent") });
}

function delivery(message, use) {
  const [drawing, tone] = STATES[message.state] ?? ["ask", ""];
  const again = message.state === "pending" && message.attempts > 0;
  const found = [
    el("span", { class: `state ${tone}`.trim() }, icon(drawing), " ",
      again ? t("state.retrying", { attempts: message.attempts }) : word("state", message.state),
      // Why is the machine's own word; what happened is in ours.
      (message.state === "failed" || message.state === "unknown" || again) && message.error ? ` (${message.error})` : ""),
  ];
  if (SAID_AGAIN.has(message.state) && message.text) {
    found.push(el("button", { class: "plain", type: "button", text: t("message.use"), on: { click: () => use(message.text) } }));
  }
  return found;
}

function understanding(message) {
  if (message.corrected_at) return [el("span", { text: t("message.corrected", { time: timeOf(message.corrected_at) }) })];
  if (message.disposition === "superseded") return [el("span", { text: t("message.superseded") })];
  if (!message.disposition) return [el("span", {}, icon("clock"), " ", t("message.waiting"))];
  const found = [];
  const reading = message.reading;
  if (reading?.intent) {
    const best = reading.ranking[0] ?? {};
    const unsure = reading.rejected || reading.intent === "nlu_fallback";
    const text = unsure
      ? [t("message.not_understood"), best.intent ? t("message.perhaps", { intent: word("intent", best.intent), confidence: share(best.confidence) }) : ""].filter(Boolean).join(", ")
      : t("message.understood", { intent: word("intent", reading.intent), confidence: share(reading.confidence) });
    const ranking = reading.ranking.map((other) => `${word("intent", other.intent)} ${share(other.confidence)}`).join("\n");
    found.push(el("span", { class: unsure ? "state-warn" : null, title: ranking || null, text }));
    const values = reading.entities.map((entity) => entity.value).filter(Boolean).join(", ");
    if (values) found.push(el("span", { dir: "auto", text: t("message.found", { values }) }));
    const tone = (reading.tone ?? []).map((mark) => t(`message.${mark}`)).join(", ");
    if (tone) found.push(el("span", { class: "state-warn", text: tone }));
  }
  if (message.disposition === "ignored") found.push(el("span", { text: t("message.ignored") }));
  return found;
}

/** What the platform said beside the words: how they found us, what they wrote under. */
function facts(message) {
  return Object.entries(message.context ?? {}).map(([name, value]) =>
    el("span", { dir: "auto", text: `${word("context", name)}: ${typeof value === "object" ? JSON.stringify(value) : value}` }));
}

function moment(message) {
  return el("time", { datetime: message.at, title: exactly(message.at), text: timeOf(message.at) });
}

/** A text, shortened to the eye when it is very long. */
function long(text) {
  const node = words(text);
  if (text.length < LONG_CHARS && text.split("\n", LONG_LINES + 1).length <= LONG_LINES) return [node];
  node.classList.add("long");
  const toggle = el("button", { class: "plain", type: "button", "aria-expanded": "false", text: t("conversation.show_all") });
  toggle.addEventListener("click", () => {
    const short = node.classList.toggle("long");
    toggle.setAttribute("aria-expanded", String(!short));
    toggle.textContent = t(short ? "conversation.show_all" : "conversation.show_less");
  });
  return [node, toggle];
}

/** Where the desk downloads a file that we keep or can fetch; null for one that lives elsewhere. */
function keptAt(message, file, place, conversation) {
  if (!file.file_id) return null;
  if (message.role !== "customer") return `/console/files/${encodeURIComponent(file.file_id)}`;
  return `/console/conversations/${encodeURIComponent(conversation)}/attachments/${encodeURIComponent(message.id)}/${place}`;
}

function files(message, conversation = "") {
  if (!message.attachments?.length) return [];
  return [el("ul", { class: "files" }, message.attachments.map((file, place) => {
    const label = file.name || file.mime || file.kind || t("message.attachment");
    // Only what a browser fetches from elsewhere; never an address that runs something here.
    const safe = /^https?:\/\//i.test(file.url ?? "");
    const kept = keptAt(message, file, place, conversation);
    const shown = kept ? el("a", { href: kept, download: "", dir: "auto", text: label }) : safe ? el("a", { href: file.url, target: "_blank", rel: "noopener noreferrer nofollow", dir: "auto", text: label }) : el("span", { dir: "auto", text: label });
    return el("li", {}, icon("file"), " ", shown);
  }))];
}
