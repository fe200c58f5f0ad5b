// What designers' files call things: intents and articles by their titles, what examples may mark.

import { language, mine, word } from "./boot.js";
import { get } from "./http.js";

/** `{intents, entities, articles}` as the gateway gives them; empty until they are there. */
export const vocabulary = { intents: [], entities: [], articles: [] };
const intents = new Map();
const articles = new Map();

/** Ask for the vocabulary once. */
export async function learn() {
  Object.assign(vocabulary, await get("/review/vocabulary"));
  for (const { name, title } of vocabulary.intents) {
    // What nobody gave a title carries its name there.
    if (mine(title) !== name) intents.set(name, mine(title));
  }
  for (const article of vocabulary.articles) {
    // A slug may stand in both languages' folders; the reader's comes first.
    if (!articles.has(article.slug) || article.language === language) articles.set(article.slug, article);
  }
}

/** A text as it begins a line. */
export const capital = (text) => text.charAt(0).toLocaleUpperCase(language) + text.slice(1);

/** What an intent is called; those that no button names go by the desk's words for them. */
export function titleOfIntent(name) {
  return intents.get(name) || capital(word("intent", name));
}

/** An article's `{title, language}`; its slug and no language where nothing of it is known. */
export function articleOf(slug) {
  return articles.get(slug) ?? { title: slug, language: null };
}
