// Talking to the gateway. Every failure is a Problem with a code that the texts explain.

import { csrf, language, t } from "./boot.js";

const TIMEOUT_MS = 15_000;
const UPLOAD_TIMEOUT_MS = 120_000;

/** What went wrong; `explained` says it to the agent with what to do about it. */
export class Problem extends Error {
  /** `told`: what else the answer said, such as who was quicker. */
  constructor(code, status = 0, told = {}) {
    super(code);
    this.code = code;
    this.status = status;
    this.told = told;
  }

  get explained() {
    const key = `error.${this.code}`;
    const text = t(key);
    return text === key ? t("error.internal") : text;
  }
}

/** Throw what nobody expected on: a mistake of ours must not look like an outage. */
export function expected(problem) {
  if (!(problem instanceof Problem)) throw problem;
}

export function get(path) {
  return ask(path, { method: "GET" });
}

/** `timeout`: in milliseconds, for what is known to take longer. */
export function post(path, body = {}, timeout = TIMEOUT_MS) {
  return ask(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
    body: JSON.stringify(body),
  }, timeout);
}

/** Keep a file at the gateway: what it is known by, `{id, name, mime, size, kind}`. */
export function postFile(file) {
  return ask(`/files?name=${encodeURIComponent(file.name.slice(-200))}`, {
    method: "POST",
    headers: { "Content-Type": file.type || "application/octet-stream", "X-CSRF-Token": csrf },
    body: file,
  }, UPLOAD_TIMEOUT_MS);
}

/** A key under which the gateway does something once, however often it is asked. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function ask(path, options, timeout = TIMEOUT_MS) {
  let answer;
  try {
    answer = await fetch(`/console/api${path}`, {
      ...options,
      cache: "no-store",
      credentials: "same-origin",
      signal: AbortSignal.timeout(timeout),
    });
  } catch {
    throw new Problem("network");
  }
  let content;
  try {
    content = await answer.json();
  } catch {
    throw new Problem(answer.ok ? "network" : "internal", answer.status);
  }
  if (answer.ok) return content;
  throw new Problem(content?.error?.code ?? "internal", answer.status, { ...content, ...content?.error });
}

/** The address of the log-in that comes back to this page. */
export function logInAddress() {
  return `/console/login?ended=true&language=${language}&to=${encodeURIComponent(location.pathname)}`;
}
