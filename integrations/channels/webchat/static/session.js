// Which conversation this browser is in: a token, asked for once and kept.

const TOKEN = "token";

export class Session {
  #base;
  #store;
  #asking = null;
  #current;

  constructor(base, store) {
    this.#base = base;
    this.#store = store;
  }

  /** The kept token, else a new one. Rejects with `{final: true}` when there never will be one. */
  async token() {
    const kept = this.#store.get(TOKEN);
    if (kept) return kept;
    // One request, however many ask.
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  keep(token) {
    this.#store.set(TOKEN, token);
  }

  drop() {
    this.#store.remove(TOKEN);
  }

  /** From here on `token` is used; whether it is of another conversation than the one before. */
  use(token) {
    const before = this.#current;
    this.#current = conversationOf(token);
    return before !== undefined && before !== this.#current;
  }

  /** Whether what another tab keeps now (null: nothing) is of another conversation. */
  differs(token) {
    return this.#current !== undefined && (token === null || conversationOf(token) !== this.#current);
  }

  /** Hand in a file: `{receipt, name, mime, size, kind, url}`. Rejects with a word's key. */
  async upload(file) {
    const form = new FormData();
    let answer;
    try {
      form.set("token", await this.token());
      form.set("file", file);
      answer = await fetch(new URL("files", this.#base), { method: "POST", body: form, credentials: "omit" });
      if (answer.ok) return await answer.json();
    } catch {
      throw "file_failed";
    }
    throw { 413: "file_too_large", 422: "file_kind", 429: "file_too_many" }[answer.status] ?? "file_failed";
  }

  async #ask() {
    const answer = await fetch(new URL("session", this.#base), { method: "POST", body: "{}", credentials: "omit" });
    if (!answer.ok) throw { final: answer.status === 403 };
    const { token } = await answer.json();
    // Another tab may have been faster: then both go on with its session.
    const kept = this.#store.get(TOKEN);
    if (kept) return kept;
    this.keep(token);
    return token;
  }
}

// A token is readable, and only the gateway can make one: its "c" names the conversation.
function conversationOf(token) {
  try {
    const body = token.split(".")[0].replace(/-/g, "+").replace(/_/g, "/");
    return JSON.parse(atob(body)).c;
  } catch {
    return token;
  }
}
