// The group on the page and what the designer is doing with it: messages chosen as examples, their
// texts and entities, the intent. Everything else draws from here.

import { begun, forget, keep } from "./review-kept.js";
import { onOneLine, toPoints, toUnits, trimmed } from "./review-spans.js";

/** `group` null: none is open. */
export const work = {
  group: null,
  messages: [],
  next: null,
  intent: null,
  whole: true,
  selected: new Set(),
  drafts: new Map(),
  active: null,
};

const listeners = [];

/** Call back whenever something of it changes. */
export function onChange(listener) {
  listeners.push(listener);
}

/** Something changed: keep it and draw it. */
export function changed() {
  const begun = work.intent || work.drafts.size > 0 || work.selected.size > 0;
  if (work.group && begun) keep(work.group.id, snapshot());
  else if (work.group) forget(work.group.id);
  for (const listener of listeners) listener();
}

/** No group. */
export function leave() {
  Object.assign(work, { group: null, messages: [], next: null, intent: null, whole: true, active: null });
  work.selected = new Set();
  work.drafts = new Map();
  for (const listener of listeners) listener();
}

/** Show a group as it stands now; for the same group, what was chosen stays where it still can. */
export function take({ group, messages, next }) {
  const same = work.group?.id === group.id;
  Object.assign(work, { group, messages, next });
  if (!same) restore(begun(group.id) ?? { selected: typical().map(({ id }) => id) });
  else restore(snapshot());
}

/** What was chosen, to be kept or to be restored. */
export function snapshot() {
  return {
    intent: work.intent,
    whole: work.whole,
    selected: [...work.selected],
    drafts: Object.fromEntries(work.drafts),
  };
}

/** Go on with what was chosen before. */
export function restore({ intent = null, whole = true, selected = [], drafts = {} }) {
  const open = new Set(openMessages().map(({ id }) => String(id)));
  work.intent = intent;
  work.whole = whole;
  // Ids are compared as texts: kept drafts are named by them.
  work.selected = new Set(selected.filter((id) => open.has(String(id))));
  work.drafts = new Map(Object.entries(drafts));
  if (!work.selected.has(work.active)) work.active = null;
}

/** Forget what was begun with the group: it is done. */
export function finish() {
  forget(work.group.id);
  work.intent = null;
  work.selected = new Set();
  work.drafts = new Map();
}

export function openMessages() {
  return work.messages.filter(({ state }) => state === "open");
}

/** What the group is called after, to begin with. */
function typical() {
  const open = openMessages();
  const named = open.find(({ text }) => text === work.group.title) ?? open[0];
  return named ? [named] : [];
}

/** How many messages still wait for a decision, loaded or not. */
export function openCount() {
  const loaded = openMessages().length;
  return work.next ? Math.max(loaded, work.group.size) : loaded;
}

/** The chosen messages in the group's order. */
export function chosen() {
  return work.messages.filter(({ id }) => work.selected.has(id));
}

/** The example that is tried: the one written in last, else the first. */
export function active() {
  const all = chosen();
  return all.find(({ id }) => id === work.active) ?? all[0] ?? null;
}

export function choose(ids) {
  work.selected = new Set(ids);
  changed();
}

export function toggle(id, on) {
  if (on) work.selected.add(id);
  else work.selected.delete(id);
  changed();
}

export function intend(intent) {
  work.intent = intent;
  changed();
}

/** A message as an example: `{text, entities}`, places as the browser counts. */
export function draftOf(message) {
  const kept = work.drafts.get(String(message.id));
  if (kept) return kept;
  return { text: onOneLine(message.text), entities: toUnits(message.text, message.entities) };
}

export function edit(message, draft) {
  work.drafts.set(String(message.id), draft);
  work.active = message.id;
  changed();
}

/** Back to the customer's words and what the bot found in them. */
export function original(message) {
  work.drafts.delete(String(message.id));
  changed();
}

/** What is sent of an example; places as the gateway counts. */
export function example(message) {
  const draft = draftOf(message);
  const { text, spans } = trimmed(draft.text, draft.entities);
  const entities = toPoints(text, spans).map(({ start, end, entity, value }) =>
    value === undefined || value === null ? { start, end, entity } : { start, end, entity, value });
  return { message: message.id, text, entities };
}
