// Places in a text. The gateway counts characters, the browser counts UTF-16 units: an emoji is one
// there and two here.

/** Spans from the gateway as the browser counts; what lies outside the text is left out. */
export function toUnits(text, spans = []) {
  const units = [];
  let at = 0;
  for (const character of text) {
    units.push(at);
    at += character.length;
  }
  units.push(at);
  return spans
    .filter(({ start, end }) => start >= 0 && start < end && end < units.length)
    .map((span) => ({ ...span, start: units[span.start], end: units[span.end] }));
}

/** Spans as the browser counts as the gateway counts. */
export function toPoints(text, spans) {
  const points = (unit) => [...text.slice(0, unit)].length;
  return spans.map((span) => ({ ...span, start: points(span.start), end: points(span.end) }));
}

/** An example stands on one line of the training data; every place stays where it was. */
export function onOneLine(text) {
  return text.replace(/[\t\n\v\f\r\u0085\u2028\u2029]/g, " ");
}

/** Without blanks around it, its spans moved along. */
export function trimmed(text, spans) {
  const cut = text.length - text.trimStart().length;
  const tidy = text.trim();
  const moved = spans.map((span) => ({ ...span, start: span.start - cut, end: span.end - cut }));
  return { text: tidy, spans: moved.filter(({ start, end }) => start >= 0 && start < end && end <= tidy.length) };
}

/**
 * The spans of a text after somebody edited it: those before the change stay, those behind it move,
 * one that it lies in grows or shrinks with it, one that it cuts into loses what was cut.
 */
export function follow(before, after, spans) {
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < most - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  const cutEnd = before.length - tail;
  const put = after.slice(head, after.length - tail);
  const grown = after.length - before.length;
  const followed = [];
  for (const span of spans) {
    let { start, end } = span;
    // Typed on at its end: "LA-1000" becomes "LA-10000", but a blank begins something else.
    const typedOn = head === cutEnd && head === end && put !== "" && !/\s/.test(put);
    if (head < end && cutEnd > start) {
      if (head >= start && cutEnd <= end) end += grown;
      else if (head < start && cutEnd >= end) continue;
      else if (head < start) {
        start = head + put.length;
        end += grown;
      } else end = head;
    } else if (typedOn) end += grown;
    else if (cutEnd <= start) {
      start += grown;
      end += grown;
    }
    if (end <= start || after.slice(start, end).trim() === "") continue;
    const same = after.slice(start, end) === before.slice(span.start, span.end);
    const { value, ...rest } = span;
    followed.push(same && value !== undefined ? { ...rest, value, start, end } : { ...rest, start, end });
  }
  return followed;
}

/** The part of a text that somebody means: the selection without blanks, or the word at the caret. */
export function meant(text, from, to) {
  let [start, end] = [from, to];
  if (start === end) {
    while (start > 0 && !/\s/.test(text[start - 1])) start -= 1;
    while (end < text.length && !/\s/.test(text[end])) end += 1;
    // A word's full stop or comma is not part of it.
    while (end > start && /[.,;:!?…)"»”]/.test(text[end - 1])) end -= 1;
    while (start < end && /[("«“]/.test(text[start])) start += 1;
  }
  while (start < end && /\s/.test(text[start])) start += 1;
  while (end > start && /\s/.test(text[end - 1])) end -= 1;
  return start < end ? { start, end } : null;
}

/** The spans with one more; what it overlaps gives way. */
export function marked(spans, span) {
  const others = spans.filter(({ start, end }) => end <= span.start || start >= span.end);
  return [...others, span].sort((one, other) => one.start - other.start);
}

/** A text cut at its spans: `[{text, span | null}]`. */
export function pieces(text, spans) {
  const found = [];
  let at = 0;
  for (const span of [...spans].sort((one, other) => one.start - other.start)) {
    if (span.start < at) continue;
    if (span.start > at) found.push({ text: text.slice(at, span.start), span: null });
    found.push({ text: text.slice(span.start, span.end), span });
    at = span.end;
  }
  if (at < text.length) found.push({ text: text.slice(at), span: null });
  return found;
}
