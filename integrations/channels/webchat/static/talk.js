// The conversation, without its looks: what was said, what waits to be sent, what was read.

import { Link } from "./link.js";
import { Outgoing } from "./outgoing.js";
import { Session } from "./session.js";
import { Store } from "./store.js";

const TYPING_EVERY_MS = 4_000;
const TYPING_SHOWN_MS = 6_000;
// The bot has had time enough to answer; if not, the dots would be a lie.
const ANSWERING_MS = 25_000;

/**
 * Tells `changed(what)`: "entries", "state", "typing", "session"; and `fresh(entries)` about what
 * came while one was watching. `entries` by id, `waiting` the customer's own not yet among them.
 */
export class Talk {
  entries = new Map();
  state = "idle";
  typing = null;
  hasEarlier = false;
  #settings;
  #store;
  #link;
  #outgoing;
  #on;
  #cursor = 0;
  #readUpTo = 0;
  #typedAt = 0;
  #typingTimer = 0;
  #session;
  #asked = false;

  constructor(settings, on) {
    this.#settings = settings;
    this.#on = on;
    this.#store = new Store(`ascolto:${settings.base}:`);
    this.#session = new Session(settings.base, this.#store);
    const address = new URL("ws", settings.base);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    this.#link = new Link(address.href, {
      token: () => this.#session.token(),
      hello: (token) => this.#hello(token),
      frame: (frame) => this.#take(frame),
      state: (state) => this.#stateIs(state),
      over: () => this.#session.drop(),
    });
    this.#outgoing = new Outgoing(this.#store, this.#link, () => this.#on.changed("entries"));
    this.#store.watch((name, value) => this.#elsewhere(name, value));
  }

  get waiting() {
    return this.#outgoing.waiting;
  }

  /** Whether something was said here before. */
  get begun() {
    return this.#store.get("begun") === "1" || this.waiting.size > 0;
  }

  get sound() {
    return this.#store.get("sound") === "1";
  }

  set sound(on) {
    this.#store.set("sound", on ? "1" : "0");
  }

  connect() {
    this.#link.start();
  }

  /** What the customer says, as Outgoing takes it. */
  say(words) {
    const message = this.#outgoing.add(words);
    this.#store.set("begun", "1");
    this.#link.start();
    this.#on.changed("entries");
    this.#outgoing.flush();
    return message;
  }

  /** Take back what could not be sent. */
  drop(id) {
    this.#outgoing.drop(id);
  }

  /** The customer is writing. */
  types() {
    const now = Date.now();
    if (now - this.#typedAt < TYPING_EVERY_MS) return;
    if (this.#link.send({ type: "typing" })) this.#typedAt = now;
  }

  /** The customer has everything that there is in view. */
  read() {
    if (this.unread === 0) return;
    const last = Math.max(0, ...[...this.entries.values()].map((entry) => entry.seq));
    this.#readUpTo = last;
    this.#link.send({ type: "read", seq: last });
    this.#on.changed("state");
  }

  get unread() {
    let count = 0;
    for (const entry of this.entries.values()) if (this.#isNew(entry)) count += 1;
    return count;
  }

  /** The newest entry of a bot or a person: who answers now. */
  get speaker() {
    let newest;
    for (const entry of this.entries.values()) {
      if ((entry.role === "bot" || entry.role === "agent") && !(newest?.seq > entry.seq)) newest = entry;
    }
    return newest;
  }

  earlier() {
    const first = Math.min(...[...this.entries.values()].map((entry) => entry.seq));
    if (this.#asked || !Number.isFinite(first)) return;
    this.#asked = this.#link.send({ type: "earlier", before: first });
  }

  /** Hand in a file, as Session does, with a whole address. */
  async upload(file) {
    return this.#absolute(await this.#session.upload(file));
  }

  /** Let this browser know nothing of the conversation any more, and begin anew. */
  forget() {
    this.#outgoing.clear();
    this.#session.drop();
    this.#store.remove("begun");
    this.#anew();
    this.#link.restart();
  }

  // -- session ---------------------------------------------------------------------------------

  #hello(token) {
    if (this.#session.use(token)) this.#anew();
    this.#asked = false;
    return { type: "hello", token, after: this.#cursor };
  }

  #anew() {
    this.entries.clear();
    this.#outgoing.reload();
    this.#cursor = 0;
    this.#readUpTo = 0;
    this.hasEarlier = false;
    this.typing = null;
    this.#on.changed("session");
  }

  // -- from the gateway --------------------------------------------------------------------------

  #take(frame) {
    switch (frame.type) {
      case "welcome":
        if (frame.token) this.#session.keep(frame.token);
        this.#outgoing.flush();
        break;
      case "history":
        if (frame.reset) this.#anew();
        if (this.#cursor === 0) this.hasEarlier = frame.earlier;
        break;
      case "entries":
        this.#news(frame.entries, frame.cursor);
        break;
      case "updates":
        this.#keep(frame.entries);
        this.#on.changed("entries");
        break;
      case "earlier":
        this.#asked = false;
        this.hasEarlier = frame.earlier;
        this.#keep(frame.entries);
        this.#on.changed("earlier");
        break;
      case "ack":
        this.#outgoing.acknowledged(frame.id);
        break;
      case "refused":
        this.#outgoing.refused(frame);
        break;
      case "typing":
        this.#types(frame.role);
        break;
    }
  }

  #news(entries, cursor) {
    const first = this.#cursor === 0;
    const known = entries.filter((entry) => this.entries.has(entry.id));
    this.#cursor = Math.max(this.#cursor, cursor);
    this.#keep(entries);
    if (entries.length) this.#store.set("begun", "1");
    if (entries.some((entry) => entry.role !== "customer")) this.#types(null);
    this.#on.changed("entries");
    if (!first && known.length < entries.length) this.#on.fresh(entries.filter((entry) => this.#isNew(entry)));
  }

  #keep(entries) {
    for (const entry of entries) {
      this.entries.set(entry.id, this.#absolute(entry));
      if (entry.message_id) this.#outgoing.arrived(entry.message_id);
    }
  }

  #absolute(entry) {
    const whole = (file) => (file.url ? { ...file, url: new URL(file.url, this.#settings.base).href } : file);
    if (entry.attachments) return { ...entry, attachments: entry.attachments.map(whole) };
    return whole(entry);
  }

  #isNew(entry) {
    return entry.role !== "customer" && entry.state !== "read" && entry.seq > this.#readUpTo;
  }

  #stateIs(state) {
    this.state = state;
    if (state !== "open") this.#outgoing.lost();
    this.#on.changed("state");
  }

  #types(role) {
    clearTimeout(this.#typingTimer);
    this.typing = role;
    if (role) this.#typingTimer = setTimeout(() => this.#types(null), TYPING_SHOWN_MS);
    this.#on.changed("typing");
  }

  /** Whether the bot has a message that it hasn't dealt with yet. */
  get answering() {
    if (this.speaker?.role === "agent") return false;
    const since = Date.now() - ANSWERING_MS;
    return [...this.entries.values()].some((entry) => entry.state === "received" && Date.parse(entry.at) > since);
  }

  // -- other tabs --------------------------------------------------------------------------------

  #elsewhere(name, value) {
    if (name === null || name === "token") {
      if (this.#session.differs(value)) this.#link.restart();
      return;
    }
    if (name === "begun" && value) this.#link.start();
    this.#outgoing.elsewhere(name, value, (id) => [...this.entries.values()].some((entry) => entry.message_id === id));
  }
}
