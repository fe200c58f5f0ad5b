// What the browser keeps: the session, and messages until the gateway has them.
// Each waiting message has a key of its own, so that tabs don't overwrite each other.

export class Store {
  #kept;
  #prefix;
  #memory = new Map();

  /** `prefix` tells gateways apart on one site. */
  constructor(prefix) {
    this.#prefix = prefix;
    try {
      this.#kept = window.localStorage;
      const probe = `${prefix}probe`;
      this.#kept.setItem(probe, "1");
      this.#kept.removeItem(probe);
    } catch {
      // Blocked or full: the chat works, and forgets with the page.
      this.#kept = null;
    }
  }

  get(name) {
    const key = this.#prefix + name;
    return this.#memory.get(key) ?? this.#kept?.getItem(key) ?? null;
  }

  set(name, value) {
    const key = this.#prefix + name;
    try {
      if (!this.#kept) throw new Error("nothing is kept here");
      this.#kept.setItem(key, value);
      this.#memory.delete(key);
    } catch {
      this.#memory.set(key, value);
    }
  }

  remove(name) {
    const key = this.#prefix + name;
    this.#memory.delete(key);
    this.#kept?.removeItem(key);
  }

  /** Every kept name that begins like this, in order. */
  names(beginning) {
    const whole = this.#prefix + beginning;
    const keys = [...this.#memory.keys()];
    for (let at = 0; at < (this.#kept?.length ?? 0); at += 1) keys.push(this.#kept.key(at));
    return keys
      .filter((key) => key.startsWith(whole))
      .map((key) => key.slice(this.#prefix.length))
      .sort();
  }

  /** Call `listener(name, value)` when another tab changes something; null: it is gone. */
  watch(listener) {
    window.addEventListener("storage", (event) => {
      if (event.storageArea !== this.#kept) return;
      if (event.key === null) listener(null, null);
      else if (event.key.startsWith(this.#prefix)) listener(event.key.slice(this.#prefix.length), event.newValue);
    });
  }
}

const QUEUE = "queue:";

/** Messages that the gateway hasn't acknowledged, oldest first. */
export class Queue {
  #store;

  constructor(store) {
    this.#store = store;
  }

  static holds(name) {
    return name !== null && name.startsWith(QUEUE);
  }

  add(message) {
    this.#store.set(this.#name(message), JSON.stringify(message));
  }

  all() {
    const found = [];
    for (const name of this.#store.names(QUEUE)) {
      try {
        const message = JSON.parse(this.#store.get(name));
        if (message?.id) found.push(message);
      } catch {
        this.#store.remove(name);
      }
    }
    return found;
  }

  remove(id) {
    for (const message of this.all()) if (message.id === id) this.#store.remove(this.#name(message));
  }

  clear() {
    for (const name of this.#store.names(QUEUE)) this.#store.remove(name);
  }

  // By time first: names sort as the messages were written.
  #name(message) {
    return `${QUEUE}${String(message.at).padStart(15, "0")}-${message.id}`;
  }
}

/** A name that nobody else gives. */
export function newId() {
  // Pages without TLS have no randomUUID.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
