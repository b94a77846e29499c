/* Keys of one letter can be switched off (WCAG 2.1.4): whoever speaks to their computer, or misses keys, would set off
   what they never meant. A preference of this browser. */
const NAME = "xingke-keys";

export function keysAreOn() {
  try {
    return window.localStorage.getItem(NAME) !== "off";
  } catch {
    return true; // a browser that keeps nothing
  }
}

export function switchKeys(on) {
  try {
    if (on) window.localStorage.removeItem(NAME);
    else window.localStorage.setItem(NAME, "off");
  } catch {
    return;
  }
  document.dispatchEvent(new CustomEvent("xingke:keys"));
}

/* Whether a key is meant for the page, and not for a field somebody types in. */
export function isForThePage(event) {
  if (!keysAreOn() || event.defaultPrevented || event.isComposing) return false;
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const field = event.target.closest("input, textarea, select, [contenteditable], dialog, [role=dialog]");
  return !field || field.matches("table input[type=checkbox]");
}
