/* The editor of a document. A field with data-rich becomes an editable text in which a token ({code:growth}) is a chip that
   shows the figure's words: not editable inside, deleted, copied and dragged as one. The field itself stays the form's
   value. Typing / (or the button) opens the picker, a combobox. What is typed is kept on the server every few seconds. */
import { refreshToken } from "./forms.js";

const KEEP_AFTER = 1500; // ms after the last key
const LOOK_AFTER = 200;
const TYPE = "application/x-xingke";
const TOKEN = /\{[^{}[\]]*\}/g;

export function editor(root) {
  const form = (root.matches && root.matches("[data-editor]") ? root : root.querySelector("[data-editor]")) || null;
  if (!form || form.dataset.ready) return;
  form.dataset.ready = "true";
  const words = JSON.parse(form.querySelector("#figure-words").textContent);
  const keeper = keeping(form);
  const picker = picking(form, words);
  for (const field of form.querySelectorAll("textarea[data-rich]")) enrich(field, words, keeper, picker);
  form.addEventListener("input", keeper.soon);
}

/* ── one paragraph ────────────────────────────────────────────────────────────────────────────────────────────────── */

function enrich(field, words, keeper, picker) {
  const text = document.createElement("div");
  text.className = "rich";
  text.contentEditable = "true";
  text.setAttribute("role", "textbox");
  text.setAttribute("aria-multiline", "true");
  text.setAttribute("aria-labelledby", `label-${field.id.slice(5)}`);
  text.setAttribute("aria-describedby", "edit-hint");
  text.lang = "zh-Hans";
  text.spellcheck = false;
  text.innerHTML = html(field.value, words);
  field.hidden = true;
  field.after(text);

  text.addEventListener("input", () => {
    field.value = plain(text);
  });
  text.addEventListener("beforeinput", (event) => {
    if (event.inputType.startsWith("format")) event.preventDefault();
    else if (event.inputType === "insertParagraph") {
      event.preventDefault();
      document.execCommand("insertLineBreak");
    } else if (event.inputType === "insertText" && event.data === "/" && !event.isComposing) {
      event.preventDefault();
      picker.open(text);
    }
  });
  for (const name of ["copy", "cut"]) {
    text.addEventListener(name, (event) => {
      const range = getSelection().rangeCount ? getSelection().getRangeAt(0) : null;
      if (!range || range.collapsed) return;
      event.preventDefault();
      carry(event.clipboardData, range.cloneContents());
      if (name === "cut") document.execCommand("delete");
    });
  }
  text.addEventListener("paste", (event) => {
    event.preventDefault();
    insert(event.clipboardData.getData(TYPE) || event.clipboardData.getData("text/plain"), words);
  });
  text.addEventListener("dragstart", (event) => {
    const chip = event.target.closest && event.target.closest(".rich-chip");
    if (chip) select(chip);
    const range = getSelection().rangeCount ? getSelection().getRangeAt(0) : null;
    if (range) carry(event.dataTransfer, range.cloneContents());
    text.dragged = range ? range.cloneRange() : null;
  });
  text.addEventListener("drop", (event) => {
    event.preventDefault();
    const typed = event.dataTransfer.getData(TYPE) || event.dataTransfer.getData("text/plain");
    const place = document.caretRangeFromPoint && document.caretRangeFromPoint(event.clientX, event.clientY);
    const home = document.querySelector(".rich-from");
    if (!typed || !place || (place.startContainer.closest && place.startContainer.closest(".rich-chip"))) return;
    if (home) home.classList.remove("rich-from");
    const mark = document.createTextNode("");
    place.insertNode(mark); // the place survives the deletion of what was dragged
    if (home && home.dragged) {
      select(home.dragged);
      document.execCommand("delete");
    }
    const range = document.createRange();
    range.setStart(mark, 0);
    select(range);
    text.focus();
    insert(typed, words);
  });
  text.addEventListener("dragstart", () => text.classList.add("rich-from"));
  text.addEventListener("dragend", () => text.classList.remove("rich-from"));
  const button = field.closest(".edit-block").querySelector("[data-insert]");
  if (button) button.addEventListener("click", () => picker.open(text));
}

function carry(transfer, fragment) {
  const box = document.createElement("div");
  box.append(fragment);
  transfer.setData(TYPE, plain(box));
  transfer.setData("text/plain", box.textContent);
}

function select(what) {
  let range = what;
  if (!(what instanceof Range)) {
    range = document.createRange();
    range.selectNode(what);
  }
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}

// Through the browser's own command, so that Ctrl+Z takes it back.
function insert(typed, words) {
  document.execCommand("insertHTML", false, html(typed, words));
  const { anchorNode } = getSelection();
  const chip = anchorNode && (anchorNode.closest ? anchorNode : anchorNode.parentElement).closest(".rich-chip");
  if (!chip) return;
  const behind = document.createRange(); // the browser left the caret in the chip, where nothing can be typed
  behind.setStartAfter(chip);
  select(behind);
}

function escaped(text) {
  return text.replace(/[&<>"]/g, (one) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[one]);
}

function html(typed, words) {
  let [at, out] = [0, ""];
  for (const match of typed.matchAll(TOKEN)) {
    const known = words[match[0]];
    if (!known) continue;
    out += escaped(typed.slice(at, match.index));
    out += `<span class="chip rich-chip" contenteditable="false" draggable="true" data-token="${escaped(match[0])}" title="${escaped(known.label)}">${escaped(known.text)}</span>`;
    at = match.index + match[0].length;
  }
  return (out + escaped(typed.slice(at))).replace(/\r?\n/g, "<br>");
}

function plain(node) {
  let out = "";
  for (const child of node.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) out += child.data;
    else if (child.nodeName === "BR") out += "\n";
    else if (child.dataset && child.dataset.token) out += child.dataset.token;
    else out += (child.nodeName === "DIV" && out && !out.endsWith("\n") ? "\n" : "") + plain(child);
  }
  return out.replace(/\u200b/g, "");
}

/* ── the picker ───────────────────────────────────────────────────────────────────────────────────────────────────── */

function picking(form, words) {
  const box = form.querySelector("#picker");
  const input = box.querySelector("input");
  const list = box.querySelector("ul");
  let [place, text, timer, asked] = [null, null, 0, 0];

  const options = () => [...list.querySelectorAll("[role=option]:not([aria-disabled])")];
  const current = () => list.querySelector("[aria-selected=true]");

  function mark(option) {
    if (current()) current().setAttribute("aria-selected", "false");
    if (!option) return input.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    input.setAttribute("aria-activedescendant", option.id);
    return option.scrollIntoView({ block: "nearest" });
  }

  async function look() {
    const turn = ++asked;
    const query = input.value.trim();
    const answer = query ? await fetch(`${form.dataset.figures}?q=${encodeURIComponent(query)}`) : null;
    if (turn !== asked) return;
    list.innerHTML = answer && answer.ok && !answer.redirected ? await answer.text() : "";
    input.setAttribute("aria-expanded", String(list.childElementCount > 0));
    mark(options()[0]);
  }

  function close() {
    box.hidden = true;
    [input.value, list.innerHTML] = ["", ""];
    input.setAttribute("aria-expanded", "false");
    if (text && text.isConnected) {
      text.focus();
      if (place) select(place);
    }
  }

  function take(option) {
    const { token, text: said, label } = option.dataset;
    words[token] = { text: said, label };
    close();
    insert(token, words);
  }

  function step(by) {
    const all = options();
    if (all.length) mark(all[(all.indexOf(current()) + by + all.length) % all.length]);
  }

  input.addEventListener("input", (event) => {
    event.stopPropagation();
    clearTimeout(timer);
    timer = setTimeout(look, LOOK_AFTER);
  });
  input.addEventListener("keydown", (event) => {
    const act = {
      ArrowDown: () => step(1),
      ArrowUp: () => step(-1),
      Escape: close,
      Enter: () => current() && take(current()),
    }[event.key];
    if (event.isComposing) return;
    if (event.key === "/" && !input.value) {
      event.preventDefault();
      close();
      document.execCommand("insertText", false, "/"); // twice the key is the sign itself
    }
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  });
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]:not([aria-disabled])");
    if (option) take(option);
  });
  form.addEventListener("focusin", (event) => {
    if (!box.hidden && !box.contains(event.target)) box.hidden = true;
  });

  return {
    open(where) {
      text = where;
      const selection = getSelection();
      place = selection.rangeCount && where.contains(selection.anchorNode) ? selection.getRangeAt(0).cloneRange() : null;
      if (!place) {
        place = document.createRange();
        place.selectNodeContents(where);
        place.collapse(false);
      }
      where.after(box);
      box.hidden = false;
      input.focus();
    },
  };
}

/* ── keeping what is typed ────────────────────────────────────────────────────────────────────────────────────────── */

function keeping(form) {
  const state = form.querySelector("[data-state]");
  let [timer, dirty] = [0, false];

  function body() {
    refreshToken(form);
    const data = new FormData(form);
    data.set("do", "keep");
    return data;
  }

  function say(words) {
    state.textContent = words;
    state.classList.toggle("edit-alarm", words !== "" && !words.startsWith(state.dataset.kept));
  }

  function rest() {
    clearTimeout(timer);
    dirty = false;
  }

  async function keep() {
    rest();
    if (!form.isConnected) return false;
    try {
      const answer = await fetch(form.action, { method: "POST", body: body(), redirect: "manual" });
      if (answer.status === 204) {
        say(`${state.dataset.kept} ${new Date().toTimeString().slice(0, 5)}`);
        return true;
      }
      say(answer.status === 409 ? state.dataset.late : state.dataset.lost);
      if (answer.status === 409) return true; // saved since by the same person: who presses save is shown both
    } catch {
      say(state.dataset.away);
      timer = setTimeout(keep, 10 * KEEP_AFTER);
    }
    dirty = true;
    return false;
  }

  // Before it is saved the text is kept once more: a session that has ended is told here, with the text still on the page.
  form.addEventListener("submit", async (event) => {
    const button = event.submitter;
    if (!button || button.value !== "save" || form.dataset.kept) return rest();
    event.preventDefault();
    event.stopPropagation();
    if (!(await keep())) return;
    form.dataset.kept = "true";
    form.requestSubmit(button);
    setTimeout(() => delete form.dataset.kept, 4000);
  });
  form.addEventListener("htmx:beforeRequest", (event) => {
    if (form.contains(event.detail.elt)) rest(); // the request carries and keeps the text itself
  });
  for (const failed of ["htmx:sendError", "htmx:responseError"]) form.addEventListener(failed, soon);
  window.addEventListener("pagehide", () => {
    if (dirty && form.isConnected) navigator.sendBeacon(form.action, body());
  });

  function soon() {
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(keep, KEEP_AFTER);
  }

  return { soon };
}
