// Where the customer writes: grows with the text, takes files, says what is too much.

import { el, icon } from "./dom.js";

const LINE_PX = 42;
const TALLEST_PX = 150;
// From here on it says how much room is left.
const WARN_CHARS = 200;

/** `tools`: t, settings, send({text, files}), typing(), upload(file). */
export class Composer {
  #tools;
  #box;
  #word;
  #chips;
  #send;
  #input;
  #files = [];

  constructor(tools) {
    const { t, settings } = tools;
    this.#tools = tools;
    this.#box = el("textarea", {
      id: "write",
      rows: "1",
      placeholder: t("write"),
      "aria-label": t("write"),
      "aria-describedby": "word",
      enterkeyhint: "send",
      autocomplete: "off",
      on: {
        input: () => this.#changed(true),
        keydown: (event) => this.#key(event),
        paste: (event) => this.#paste(event),
      },
    });
    this.#input = el("input", {
      type: "file",
      hidden: true,
      multiple: true,
      accept: settings.accept.join(","),
      on: { change: () => this.#chosen() },
    });
    this.#word = el("p", { class: "word", id: "word", role: "status", hidden: true });
    this.#chips = el("div", { class: "chips", hidden: true });
    this.#send = el("button", { class: "round send", type: "submit", "aria-label": t("send"), "aria-disabled": "true" }, icon("send"));
    this.node = el(
      "form",
      {
        class: "composer",
        novalidate: true,
        on: {
          submit: (event) => {
            event.preventDefault();
            this.#submit();
          },
          dragover: (event) => this.#over(event, true),
          dragleave: (event) => this.#over(event, false),
          drop: (event) => this.#drop(event),
        },
      },
      this.#chips,
      el(
        "div",
        { class: "line" },
        el("button", { class: "round attach", type: "button", "aria-label": t("attach"), on: { click: () => this.#input.click() } }, icon("attach")),
        this.#input,
        this.#box,
        this.#send,
      ),
      this.#word,
    );
  }

  focus() {
    this.#box.focus({ preventScroll: true });
  }

  /** Put a text (back) into the box, before what stands there. */
  put(text) {
    this.#box.value = [text, this.#box.value].filter(Boolean).join("\n");
    this.#changed(false);
    this.focus();
  }

  get #ready() {
    const over = [...this.#box.value].length > this.#tools.settings.maxText;
    const uploaded = this.#files.filter((file) => file.receipt);
    return !over && !this.#files.some((file) => file.busy) && (this.#box.value.trim() !== "" || uploaded.length > 0);
  }

  #submit() {
    if (!this.#ready) return;
    const text = this.#box.value.trim();
    this.#tools.send({ text: text || undefined, files: this.#files.map(({ chip, busy, ...file }) => file) });
    this.#box.value = "";
    this.#files = [];
    this.#say(null);
    this.#changed(false);
  }

  #key(event) {
    // While a word is being composed, Enter ends the word.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.#submit();
  }

  #changed(typed) {
    const { settings, t, typing } = this.#tools;
    this.#box.style.height = `${LINE_PX}px`;
    this.#box.style.height = `${Math.min(TALLEST_PX, this.#box.scrollHeight + 2)}px`;
    const left = settings.maxText - [...this.#box.value].length;
    if (left < 0) this.#say(t("too_long", -left), true);
    else if (left < WARN_CHARS) this.#say(t("left", left));
    else if (typed) this.#say(null);
    this.#box.setAttribute("aria-invalid", String(left < 0));
    this.#chips.replaceChildren(...this.#files.map((file) => file.chip));
    this.#chips.hidden = this.#files.length === 0;
    this.#send.setAttribute("aria-disabled", String(!this.#ready));
    if (typed && this.#box.value) typing();
  }

  #say(text, bad = false) {
    this.#word.hidden = !text;
    this.#word.textContent = text ?? "";
    this.#word.classList.toggle("bad", bad);
  }

  // -- files -------------------------------------------------------------------------------------

  #chosen() {
    this.#take([...this.#input.files]);
    this.#input.value = "";
    this.focus();
  }

  #paste(event) {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    this.#take(files);
  }

  #over(event, over) {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    this.node.classList.toggle("over", over);
  }

  #drop(event) {
    this.#over(event, false);
    this.#take([...(event.dataTransfer?.files ?? [])]);
  }

  #take(files) {
    const { settings, t } = this.#tools;
    for (const file of files) {
      if (this.#files.length >= settings.maxFiles) {
        this.#say(t("files_at_most", settings.maxFiles), true);
        return;
      }
      if (!settings.accept.includes(file.type)) this.#say(t("file_kind", file.name), true);
      else if (file.size > settings.maxFileBytes) this.#say(t("file_too_large", file.name, Math.floor(settings.maxFileBytes / 1e6)), true);
      else this.#upload(file);
    }
  }

  async #upload(file) {
    const { settings, t, upload } = this.#tools;
    const kept = { busy: true };
    kept.chip = el(
      "span",
      { class: "chip busy" },
      el("span", { class: "name", dir: "auto", text: file.name }),
      el("button", { type: "button", "aria-label": t("remove_file", file.name), on: { click: () => this.#remove(kept) } }, icon("close")),
    );
    this.#files.push(kept);
    this.#changed(false);
    this.#say(t("uploading", file.name));
    try {
      Object.assign(kept, await upload(file));
      this.#say(null);
    } catch (key) {
      this.#remove(kept);
      this.#say(t(key, file.name, Math.floor(settings.maxFileBytes / 1e6)), true);
      return;
    } finally {
      kept.busy = false;
      kept.chip.classList.remove("busy");
    }
    this.#changed(false);
  }

  #remove(kept) {
    this.#files = this.#files.filter((file) => file !== kept);
    this.#changed(false);
    this.focus();
  }
}
