// One WebSocket that comes back by itself: backing off with jitter, at once when the network returns.

const FIRST_MS = 400;
const LONGEST_MS = 30_000;
const CONNECT_MS = 10_000;
// The gateway says something every 20 seconds.
const SILENT_MS = 45_000;
const PROBE_MS = 5_000;
const LOOK_MS = 5_000;
const SESSION_OVER = 4401;

/**
 * `on.token()` → a promise of the session's token (rejects with `{final: true}` when there never
 * will be one); `on.hello(token)` → the first frame; `on.frame(frame)`; `on.state(state)`:
 * connecting, open, offline, refused; `on.over()`: the token is not good any more.
 */
export class Link {
  #address;
  #on;
  #socket = null;
  #attempt = 0;
  #tries = 0;
  #timer = 0;
  #heard = 0;
  #probed = 0;
  #wanted = false;
  #ready = false;

  constructor(address, on) {
    this.#address = address;
    this.#on = on;
    window.addEventListener("online", () => this.#again());
    window.addEventListener("offline", () => this.#lost(this.#socket));
    window.addEventListener("pagehide", () => this.#lost(this.#socket));
    window.addEventListener("pageshow", (event) => event.persisted && this.#again());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.#probe());
    setInterval(() => this.#look(), LOOK_MS);
  }

  get open() {
    return this.#ready;
  }

  start() {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#connect();
  }

  /** Leave the connection and make another. */
  restart() {
    this.#drop();
    if (this.#wanted) this.#later(0);
  }

  /** False when it can't be sent now. */
  send(frame) {
    if (!this.#ready || this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  async #connect() {
    clearTimeout(this.#timer);
    if (!this.#wanted || this.#socket) return;
    if (navigator.onLine === false) {
      this.#on.state("offline");
      // It may be wrong about that: look again, but not often.
      this.#timer = setTimeout(() => this.#dial(), LONGEST_MS);
      return;
    }
    await this.#dial();
  }

  async #dial() {
    const attempt = ++this.#attempt;
    this.#on.state("connecting");
    let token;
    try {
      token = await this.#on.token();
    } catch (error) {
      if (attempt !== this.#attempt) return;
      if (error?.final) this.#on.state("refused");
      else this.#later();
      return;
    }
    if (attempt !== this.#attempt || this.#socket) return;
    const socket = new WebSocket(this.#address);
    this.#socket = socket;
    this.#heard = Date.now();
    const patience = setTimeout(() => this.#lost(socket), CONNECT_MS);
    socket.onopen = () => socket.send(JSON.stringify(this.#on.hello(token)));
    socket.onmessage = (event) => {
      if (socket !== this.#socket) return;
      this.#heard = Date.now();
      this.#probed = 0;
      clearTimeout(patience);
      this.#take(JSON.parse(event.data));
    };
    socket.onclose = (event) => {
      clearTimeout(patience);
      if (socket === this.#socket && event.code === SESSION_OVER) this.#on.over();
      this.#lost(socket);
    };
  }

  #take(frame) {
    if (frame.type === "welcome") {
      this.#ready = true;
      this.#tries = 0;
      this.#on.state("open");
    }
    this.#on.frame(frame);
  }

  #lost(socket) {
    if (socket !== this.#socket) return;
    this.#drop();
    if (this.#wanted) this.#later();
  }

  #drop() {
    const socket = this.#socket;
    this.#attempt += 1;
    this.#socket = null;
    this.#ready = false;
    this.#probed = 0;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
    if (this.#wanted) this.#on.state(navigator.onLine === false ? "offline" : "connecting");
  }

  #later(wait) {
    clearTimeout(this.#timer);
    const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** this.#tries);
    this.#tries += 1;
    this.#timer = setTimeout(() => this.#connect(), wait ?? longest * (0.5 + Math.random() / 2));
  }

  #again() {
    this.#tries = 0;
    if (this.#socket) this.#probe();
    else if (this.#wanted) this.#connect();
  }

  // After a sleep the browser may believe in a connection that the world has forgotten.
  #probe() {
    if (!this.#wanted) return;
    if (!this.#socket) this.#again();
    else if (this.send({ type: "ping" })) this.#probed = Date.now();
    setTimeout(() => this.#look(), PROBE_MS + 100);
  }

  #look() {
    if (!this.#ready) return;
    const now = Date.now();
    if (now - this.#heard > SILENT_MS || (this.#probed && now - this.#probed > PROBE_MS)) this.#lost(this.#socket);
  }
}
