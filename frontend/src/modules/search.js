/* <form data-search>: “/” goes to the box; after two characters its suggestions come (htmx fetches them when told
   "suggest"), arrows walk through them, Enter opens the one walked to, Esc closes them. */
import { keysAreOn } from "./keys.js";

const PAUSE = 180; // milliseconds without a key before anything is asked
const ENOUGH = 2; // characters

export function search(root) {
  for (const form of root.querySelectorAll("form[data-search]")) box(form);
  root.addEventListener("keydown", (event) => {
    if (event.key !== "/" || !keysAreOn() || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
    const input = [...root.querySelectorAll("form[data-search] input")].find((each) => each.offsetParent);
    const link = root.querySelector(".search-link");
    if (!input && !link) return;
    event.preventDefault();
    if (input) input.select();
    else link.click();
  });
}

function box(form) {
  const input = form.querySelector("input");
  const list = form.querySelector("[role=listbox]");
  const options = () => [...list.querySelectorAll("[role=option]")];
  let pause;

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  show(false);

  function show(open) {
    list.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    if (!open) walkTo(null);
  }
  function walkTo(option) {
    for (const each of options()) each.setAttribute("aria-selected", String(each === option));
    if (option) {
      option.id = `${list.id}-${options().indexOf(option)}`; // two boxes may show the same suggestions
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  }

  input.addEventListener("input", (event) => {
    window.clearTimeout(pause);
    if (event.isComposing) return; // the letters of a word not yet chosen
    if (input.value.trim().length < ENOUGH) show(false);
    else pause = window.setTimeout(() => input.dispatchEvent(new CustomEvent("suggest")), PAUSE);
  });
  input.addEventListener("compositionend", () => input.dispatchEvent(new Event("input")));
  list.addEventListener("htmx:afterSwap", () => show(options().length > 0 && document.activeElement === input));
  input.addEventListener("keydown", (event) => {
    const all = options();
    const at = all.findIndex((each) => each.getAttribute("aria-selected") === "true");
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      show(false);
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && all.length && !event.isComposing) {
      event.preventDefault();
      show(true);
      const next = event.key === "ArrowDown" ? at + 1 : at < 0 ? all.length - 1 : at - 1;
      walkTo(all[next] || null);
    } else if (event.key === "Enter" && !list.hidden && at >= 0 && !event.isComposing) {
      event.preventDefault();
      all[at].click();
    }
  });
  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget)) show(false);
  });
  form.addEventListener("submit", () => window.clearTimeout(pause));
}
