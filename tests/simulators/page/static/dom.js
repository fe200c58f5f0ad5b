// Building the page out of nodes. Nothing here turns a text into markup.

export const byId = (id) => document.getElementById(id);

/** An element: `class`, `text`, `on` (event to listener) and attributes; empty ones are left out. */
export function el(tag, given = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "text") node.textContent = value;
    else if (name === "on") {
      for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    } else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter(Boolean));
  return node;
}

/**
 * Let `list` hold `items` in order, remaking only those that changed; at the end of the list it
 * stays at the end. An item's `key` tells it from others.
 */
export function arrange(list, items, key, make) {
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  const before = new Map([...list.children].map((node) => [node.dataset.key, node]));
  const nodes = items.map((item) => {
    const id = key(item);
    const shown = JSON.stringify(item);
    const old = before.get(id);
    if (old && old.shown === shown) return old;
    const node = make(item);
    node.dataset.key = id;
    node.shown = shown;
    return node;
  });
  // Nodes that stay aren't moved, so that focus and selection survive.
  const kept = new Set(nodes);
  for (const node of [...list.children]) if (!kept.has(node)) node.remove();
  nodes.forEach((node, place) => {
    if (list.children[place] !== node) list.insertBefore(node, list.children[place] ?? null);
  });
  if (atEnd) list.scrollTop = list.scrollHeight;
}

/** Let a select offer [value, title] pairs and keep what is chosen. */
export function offer(select, pairs) {
  const shown = JSON.stringify(pairs);
  if (select.shown === shown) return;
  const chosen = select.value;
  select.replaceChildren(...pairs.map(([value, text]) => el("option", { value, text })));
  if (pairs.some(([value]) => value === chosen)) select.value = chosen;
  select.shown = shown;
}

/** Enter sends, with shift it is a new line. */
export function sendOnEnter(form) {
  form.querySelector("textarea").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
}

/** The time of day of a moment in seconds. */
export function clock(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
}
