// What this browser keeps: drafts (until the tab or the session ends) and what was read.

import { agent } from "./boot.js";
import { newKey } from "./http.js";

const READ = `ascolto:read:${agent}`;
const READ_KEPT = 500;

const draftName = (conversation, mode) => `ascolto:draft:${conversation}:${mode}`;

/** The words being written and the key under which they would be sent. */
export function draft(conversation, mode) {
  const stored = load(sessionStorage, draftName(conversation, mode));
  return { text: stored?.text ?? "", key: stored?.key ?? newKey() };
}

/** Other words are another message: they get another key. */
export function keepDraft(conversation, mode, text) {
  const name = draftName(conversation, mode);
  if (text === "") sessionStorage.removeItem(name);
  else if (load(sessionStorage, name)?.text !== text) save(sessionStorage, name, { text, key: newKey() });
}

/** Forget a draft once it was sent, unless other words took its place meanwhile. */
export function dropDraft(conversation, mode, key) {
  const name = draftName(conversation, mode);
  if (load(sessionStorage, name)?.key === key) sessionStorage.removeItem(name);
}

/** Forget every draft of this tab. */
export function dropDrafts() {
  for (const name of Object.keys(sessionStorage)) {
    if (name.startsWith("ascolto:draft:")) sessionStorage.removeItem(name);
  }
}

/** Whether something arrived that this agent has not looked at. */
export function isUnread(item) {
  const own = item.owner === "agent" && item.handoff?.claimed_by === agent;
  if (!own && item.owner !== "queued" && item.handoff?.state !== "message") return false;
  return Boolean(item.last_inbound_at) && item.last_inbound_at > (readUntil()[item.id] ?? "");
}

/** The agent has looked at everything up to now. */
export function markRead(item) {
  if (!item.last_inbound_at) return;
  const read = readUntil();
  if (read[item.id] >= item.last_inbound_at) return;
  delete read[item.id];
  read[item.id] = item.last_inbound_at;
  const newest = Object.entries(read).slice(-READ_KEPT);
  save(localStorage, READ, Object.fromEntries(newest));
}

/** A choice of this browser's. */
export function choice(name, initial) {
  return load(localStorage, `ascolto:${name}`) ?? initial;
}

export function keepChoice(name, value) {
  save(localStorage, `ascolto:${name}`, value);
}

/** What this tab remembers from one page to the next. */
export function passing(name) {
  return load(sessionStorage, `ascolto:${name}`);
}

export function keepPassing(name, value) {
  save(sessionStorage, `ascolto:${name}`, value);
}

function readUntil() {
  return load(localStorage, READ) ?? {};
}

// A browser may refuse to keep anything; the console works without.
function load(storage, name) {
  try {
    return JSON.parse(storage.getItem(name));
  } catch {
    return null;
  }
}

function save(storage, name, value) {
  try {
    storage.setItem(name, JSON.stringify(value));
  } catch {
    // Full or forbidden: the text is still in its box.
  }
}
