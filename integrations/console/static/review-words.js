// Names and failures in a designer's words; what the bot may understand.

import { t, word } from "./boot.js";
import { titleOfIntent, vocabulary } from "./vocabulary.js";

export { learn, vocabulary } from "./vocabulary.js";

// What is no matter of the customer's.
const NOT_CHOSEN = /^(nlu_|gateway_|out_of_scope$|inform$)/;

/** The intents that somebody may choose, by their names in the reader's language. */
export function choosable() {
  return vocabulary.intents
    .filter(({ name }) => !NOT_CHOSEN.test(name))
    .sort((one, other) => intentTitle(one.name).localeCompare(intentTitle(other.name)));
}

export function mayBeChosen(name) {
  return Boolean(name) && !NOT_CHOSEN.test(name);
}

/** What an intent is called. */
export function intentTitle(name) {
  if (!name || name === "nlu_fallback") return t("review.not_read");
  return titleOfIntent(name);
}

/** What an entity is called. */
export function entityTitle(name) {
  return word("review.entity", name);
}

/** A text about a number of things, in the singular for one. */
export function several(key, count) {
  return count === 1 ? t(`${key}_one`) : t(key, { count });
}

/** A failure in words that fit this page. */
export function explained(problem) {
  const key = `review.problem.${problem.code}`;
  const text = t(key);
  return text === key ? problem.explained : text;
}
