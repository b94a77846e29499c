/* A long <select> is searched: a field stands in its place in which somebody writes part of a name; what answers is listed below.
   The select stays what is sent, and what is shown where there are no scripts. Arrows walk, Enter takes, Esc leaves; while a Chinese
   word is being composed no key is ours. */
const LONG = 12; // options that can still be overlooked

let count = 0;

export function selects(root) {
  for (const select of root.querySelectorAll("select:not([multiple])")) {
    if (select.options.length > LONG && !select.dataset.searched) searched(select);
  }
}

function searched(select) {
  select.dataset.searched = "true";
  const id = `searched-${(count += 1)}`;
  const box = document.createElement("div");
  box.className = "searched";
  const input = document.createElement("input");
  Object.entries({ type: "text", role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": id }).forEach(([name, value]) => input.setAttribute(name, value));
  for (const name of ["aria-label", "aria-invalid", "aria-describedby"]) if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
  const list = document.createElement("ul");
  Object.entries({ id, role: "listbox", hidden: "" }).forEach(([name, value]) => list.setAttribute(name, value));
  select.before(box);
  box.append(input, list, select);
  select.classList.add("visually-hidden");
  select.tabIndex = -1;
  const label = select.labels && select.labels[0];
  if (label) {
    label.id = label.id || `${id}-label`;
    input.setAttribute("aria-labelledby", label.id);
    label.addEventListener("click", () => input.focus());
  }

  const say = () => {
    input.value = select.selectedOptions.length ? select.selectedOptions[0].text.trim() : "";
  };
  const shown = () => [...list.querySelectorAll("[role=option]")];
  const walkTo = (item) => {
    for (const each of shown()) each.setAttribute("aria-selected", String(each === item));
    if (!item) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", item.id);
    item.scrollIntoView({ block: "nearest" });
  };
  const open = (text) => {
    const wanted = text.trim().toLowerCase();
    const found = [...select.options].filter((each) => !wanted || each.text.toLowerCase().includes(wanted));
    list.replaceChildren(...found.map((each, at) => {
      const item = document.createElement("li");
      Object.entries({ id: `${id}-${at}`, role: "option", "data-index": String(each.index) }).forEach(([name, value]) => item.setAttribute(name, value));
      item.textContent = each.text.trim() || "—";
      return item;
    }));
    if (!found.length) list.append(Object.assign(document.createElement("li"), { className: "muted", textContent: document.body.dataset.nothing }));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    walkTo(shown().find((each) => Number(each.dataset.index) === select.selectedIndex) || shown()[0]);
  };
  const close = () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    walkTo(null);
    say();
  };
  const take = (item) => {
    const isOther = item && Number(item.dataset.index) !== select.selectedIndex;
    if (isOther) select.selectedIndex = Number(item.dataset.index);
    close();
    if (isOther) select.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const walk = (by) => {
    const all = shown();
    if (list.hidden) return open("");
    if (all.length) walkTo(all[(all.findIndex((each) => each.getAttribute("aria-selected") === "true") + by + all.length) % all.length]);
  };

  input.addEventListener("focus", () => input.select());
  input.addEventListener("click", () => open(""));
  input.addEventListener("input", (event) => event.isComposing || open(input.value));
  input.addEventListener("compositionend", () => open(input.value));
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    const act = { ArrowDown: () => walk(1), ArrowUp: () => walk(-1), Enter: () => take(shown().find((each) => each.getAttribute("aria-selected") === "true")), Escape: close }[event.key];
    if (!act || (list.hidden && (event.key === "Enter" || event.key === "Escape"))) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  });
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault(); // the field keeps the focus
    const item = event.target.closest("[role=option]");
    if (item) take(item);
  });
  select.addEventListener("focus", () => input.focus());
  select.addEventListener("change", say);
  if (select.form) select.form.addEventListener("reset", () => window.setTimeout(say));
  say();
}
