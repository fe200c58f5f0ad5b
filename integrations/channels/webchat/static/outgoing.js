// What the customer said: sent one at a time, in its order, and kept until the gateway has it.

import { Queue, newId } from "./store.js";

const ACK_MS = 15_000;

/** `waiting`: the customer's messages, by id, that don't stand among the entries yet. */
export class Outgoing {
  waiting = new Map();
  #queue;
  #link;
  #changed;
  #inFlight = null;
  #ackTimer = 0;
  #pause = 0;
  #saidAt = 0;

  constructor(store, link, changed) {
    this.#queue = new Queue(store);
    this.#link = link;
    this.#changed = changed;
    this.reload();
  }

  /** Show what the browser kept, and nothing else. */
  reload() {
    this.waiting = new Map(this.#queue.all().map((message) => [message.id, message]));
  }

  /** Keep what the customer says; `files` as entries show them, with their receipts. */
  add({ text, button, files = [] }) {
    this.#saidAt = Math.max(Date.now(), this.#saidAt + 1);
    const message = { id: newId(), at: this.#saidAt, text, button, files };
    this.#queue.add(message);
    this.waiting.set(message.id, message);
    return message;
  }

  /** Take back what could not be sent. */
  drop(id) {
    this.#queue.remove(id);
    this.waiting.delete(id);
    this.#changed();
  }

  /** Let the browser keep none of it. */
  clear() {
    this.#queue.clear();
  }

  // One at a time: what was written first arrives first, whatever happens between.
  flush() {
    if (this.#inFlight || !this.#link.open || Date.now() < this.#pause) return;
    const next = this.#queue.all().find((message) => !message.failed);
    if (!next) return;
    const frame = { type: "message", id: next.id };
    if (next.text) frame.text = next.text;
    if (next.button) frame.button = next.button;
    if (next.files?.length) frame.attachments = next.files.map((file) => file.receipt);
    if (!this.#link.send(frame)) return;
    this.#inFlight = next.id;
    this.#ackTimer = setTimeout(() => this.#link.restart(), ACK_MS);
  }

  /** The connection is gone: what was on its way is sent again on the next. */
  lost() {
    this.#inFlight = null;
    clearTimeout(this.#ackTimer);
  }

  acknowledged(id) {
    this.#queue.remove(id);
    const message = this.waiting.get(id);
    if (message) this.waiting.set(id, { ...message, sent: true, failed: undefined });
    this.#settled(id);
    this.#changed();
  }

  /** It stands among the entries now. */
  arrived(id) {
    if (!this.waiting.delete(id)) return;
    this.#queue.remove(id);
    this.#settled(id);
  }

  refused(frame) {
    const message = this.waiting.get(frame.id) ?? this.#queue.all().find((each) => each.id === frame.id);
    if (frame.retry_after) {
      this.#pause = Date.now() + frame.retry_after * 1000;
      setTimeout(() => this.flush(), frame.retry_after * 1000 + 50);
    } else if (message) {
      const failed = { ...message, failed: frame.code };
      this.#queue.add(failed);
      this.waiting.set(frame.id, failed);
    }
    this.#settled(frame.id);
    this.#changed();
  }

  /** Another tab keeps or let go of `name`; `known(id)`: whether it stands among the entries. */
  elsewhere(name, value, known) {
    if (!Queue.holds(name)) return;
    if (value) {
      const message = JSON.parse(value);
      if (!known(message.id)) this.waiting.set(message.id, message);
    } else {
      const id = name.slice(name.lastIndexOf("-") + 1);
      const message = this.waiting.get(id);
      if (message) this.waiting.set(id, { ...message, sent: true });
    }
    this.#changed();
  }

  #settled(id) {
    if (this.#inFlight !== id) return;
    clearTimeout(this.#ackTimer);
    this.#inFlight = null;
    this.flush();
  }
}
