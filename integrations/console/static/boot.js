// What the page was given: who is here, the token for changes, the words in their language.

const boot = JSON.parse(document.body.dataset.boot);

export const agent = boot.agent;
export const language = boot.language;
export const csrf = boot.csrf;
export const maxText = boot.maxText;

/** The text of a key, `{name}` replaced by values.name. */
export function t(key, values = {}) {
  const text = boot.texts[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (place, name) => String(values[name] ?? place));
}

/** A code's name in the reader's language, or the code made readable. */
export function word(group, code) {
  if (code === null || code === undefined || code === "") return "";
  return boot.texts[`${group}.${code}`] ?? String(code).replaceAll("_", " ");
}

/** The text in the reader's language of something that carries both. */
export function mine(texts) {
  return (texts && (texts[language] || texts.en || texts.it)) || "";
}
