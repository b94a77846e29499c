/* <dialog data-palette>: Ctrl K (⌘ K on a Mac) or whatever says data-palette-open opens it; what is typed is asked for (htmx fetches it
   when told "suggest"), arrows walk through what there is, Enter opens it, Esc closes and gives the focus back. While a Chinese
   word is being composed no key is ours. */
import { keysAreOn } from "./keys.js";

const PAUSE = 150; // milliseconds without a key before anything is asked
const isMac = /^(Mac|iP)/.test(navigator.platform);

export function palette(root) {
  const dialog = root.querySelector("[data-palette]");
  if (!dialog || !dialog.showModal) return;
  const form = dialog.querySelector("form");
  const input = dialog.querySelector("input");
  const said = dialog.querySelector("[data-palette-said]");
  const options = () => [...dialog.querySelectorAll("[role=option]")];
  let before = null; // what had the focus
  let pause;
  let composing = false;
  let isWanted = false; // Enter was pressed before the answer had come

  function sayKeys() {
    for (const each of root.querySelectorAll("[data-palette-keys]")) {
      each.textContent = keysAreOn() ? (isMac ? "⌘ K" : "Ctrl K") : each.dataset.off || "";
      each.hidden = !each.textContent;
    }
  }
  sayKeys();
  root.addEventListener("xingke:keys", sayKeys);

  function open() {
    if (dialog.open) return;
    before = document.activeElement;
    dialog.showModal();
    input.focus();
    input.select();
    ask();
  }
  function ask() {
    window.clearTimeout(pause);
    input.dispatchEvent(new CustomEvent("suggest"));
  }
  function isAnswered() {
    const list = dialog.querySelector("[role=listbox]");
    return list.dataset.asked === input.value.trim();
  }
  function walkTo(option) {
    for (const each of options()) each.setAttribute("aria-selected", String(each === option));
    if (option) {
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  }
  function walk(by) {
    const all = options();
    if (!all.length) return;
    const at = all.findIndex((each) => each.getAttribute("aria-selected") === "true");
    walkTo(all[(at + by + all.length) % all.length]);
  }
  function enter() {
    isWanted = !isAnswered();
    if (isWanted) return ask();
    const chosen = options().find((each) => each.getAttribute("aria-selected") === "true");
    if (chosen) chosen.click();
  }

  root.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.altKey || event.shiftKey) return;
    if (event.key.toLowerCase() !== "k" || !(isMac ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey)) return;
    if (!keysAreOn()) return;
    event.preventDefault();
    if (dialog.open) dialog.close();
    else open();
  });
  root.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-palette-open]");
    if (!opener || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open();
  });

  input.addEventListener("compositionstart", () => {
    composing = true;
  });
  input.addEventListener("compositionend", () => {
    composing = false;
    input.dispatchEvent(new Event("input"));
  });
  input.addEventListener("input", (event) => {
    window.clearTimeout(pause);
    isWanted = false;
    if (!composing && !event.isComposing) pause = window.setTimeout(ask, PAUSE);
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "Tab" && !event.ctrlKey && !event.metaKey) event.stopPropagation(); // what lies below is not meant
    if (composing || event.isComposing || event.keyCode === 229) return;
    const act = { ArrowDown: () => walk(1), ArrowUp: () => walk(-1), Enter: enter }[event.key];
    if (!act || event.target !== input) return;
    event.preventDefault();
    act();
  });
  dialog.addEventListener("cancel", (event) => {
    if (composing) event.preventDefault();
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("[data-palette-close], [role=option]")) dialog.close();
  });
  dialog.addEventListener("close", () => {
    window.clearTimeout(pause);
    isWanted = false;
    if (before && before.isConnected) before.focus();
    before = null;
  });
  dialog.addEventListener("htmx:afterSwap", () => {
    const all = options();
    all.forEach((each, at) => {
      each.id = `palette-option-${at}`;
    });
    input.setAttribute("aria-expanded", String(all.length > 0));
    walkTo(all[0] || null);
    said.textContent = all.length ? all[0].textContent.trim() : dialog.querySelector("#palette-found").textContent.trim();
    if (isWanted && isAnswered()) enter();
  });
  dialog.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.responseText.includes('id="palette-list"')) return;
    event.detail.shouldSwap = false; // nobody is signed in any more: the page asks for it
    window.location.reload();
  });
  for (const failure of ["htmx:responseError", "htmx:sendError"]) {
    // The page of the search explains what its part could not.
    dialog.addEventListener(failure, () => {
      if (isWanted && !("noSearch" in form.dataset)) form.submit();
    });
  }
  form.addEventListener("submit", (event) => {
    if ("noSearch" in form.dataset) event.preventDefault();
  });
}
