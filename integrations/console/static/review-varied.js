// Choosing messages that say different things in different words.

/** At most `count` of the messages: the first, then always the one least like those chosen. */
export function varied(messages, count) {
  const features = new Map(messages.map((message) => [message, featuresOf(message.text)]));
  const chosen = messages.slice(0, 1);
  const nearest = new Map(messages.map((message) => [message, 0]));
  while (chosen.length < count) {
    const last = features.get(chosen.at(-1));
    let best = null;
    for (const message of messages) {
      if (chosen.includes(message)) continue;
      nearest.set(message, Math.max(nearest.get(message), likeness(features.get(message), last)));
      // What differs in nothing but capitals and punctuation teaches nothing more.
      if (nearest.get(message) === 1) continue;
      if (best === null || nearest.get(message) < nearest.get(best)) best = message;
    }
    if (best === null) break;
    chosen.push(best);
  }
  return chosen;
}

function featuresOf(text) {
  const plain = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return new Set(plain.match(/[\p{L}\p{N}]+/gu) ?? [plain.trim()]);
}

/** How many of two messages' words are in both: 0 to 1 (Jaccard). */
function likeness(one, other) {
  const both = [...one].filter((word) => other.has(word)).length;
  return both / (one.size + other.size - both || 1);
}
