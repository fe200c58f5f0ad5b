// What the designer began with a group, until the tab or the session ends: nothing chosen is lost
// by a reload, a new log-in or a colleague who was quicker.

const nameOf = (group) => `ascolto:draft:review:${group}`;
const VIEW = "ascolto:review:view";

/** `{intent, selected, whole, drafts}` of a group, or null. */
export function begun(group) {
  return load(nameOf(group));
}

export function keep(group, content) {
  save(nameOf(group), content);
}

export function forget(group) {
  try {
    sessionStorage.removeItem(nameOf(group));
  } catch {
    // Nothing was kept.
  }
}

/** Which list this tab shows, with which filters. */
export function view() {
  return load(VIEW) ?? {};
}

export function keepView(content) {
  save(VIEW, content);
}

// A browser may refuse to keep anything; the page works without.
function load(name) {
  try {
    return JSON.parse(sessionStorage.getItem(name));
  } catch {
    return null;
  }
}

function save(name, content) {
  try {
    sessionStorage.setItem(name, JSON.stringify(content));
  } catch {
    // Full or forbidden: it is still on the page.
  }
}
