/* Lists: what is ticked and what it comes to, and keys: j and k walk through the rows, x ticks, Enter opens (the row's link
   has the focus), ? tells of them. */
import { isForThePage, keysAreOn, switchKeys } from "./keys.js";

export function lists(root) {
  root.addEventListener("change", (event) => {
    if (event.target.matches("[data-tick-all]")) {
      const table = event.target.closest("table");
      for (const tick of ticksOf(table)) tick.checked = event.target.checked;
    }
    if (event.target.closest(".pick")) listTicks(root);
  });
  root.addEventListener("keydown", (event) => {
    const line = root.querySelector("[data-list-keys]");
    if (!line || !isForThePage(event)) return;
    const act = { j: () => walk(root, 1), k: () => walk(root, -1), x: () => tick(root), "?": () => tell(line) }[event.key];
    if (act && act() !== false) event.preventDefault();
  });
  root.addEventListener("click", (event) => {
    const line = event.target.closest("[data-list-keys]");
    if (!line) return;
    if (event.target.closest("[data-keys-switch]")) {
      switchKeys(!keysAreOn());
      say(line);
    } else if (event.target.closest("[data-keys-tell]")) tell(line);
  });
  listTicks(root);
  root.querySelectorAll("[data-list-keys]").forEach(say);
}

/* A page restored by the Back button, and one exchanged by htmx, has its ticks: the bar says them. */
export function listTicks(root) {
  for (const bar of root.querySelectorAll("[data-list-acts]")) {
    const all = [...document.querySelectorAll(`input[name=row][form="${bar.id}"]`)];
    const ticked = all.filter((each) => each.checked);
    for (const each of all) each.closest("tr").classList.toggle("row-ticked", each.checked);
    const whole = bar.closest(".data-table").querySelector("[data-tick-all]");
    if (whole) {
      whole.checked = ticked.length > 0 && ticked.length === all.length;
      whole.indeterminate = ticked.length > 0 && ticked.length < all.length;
    }
    bar.classList.toggle("is-chosen", ticked.length > 0);
    bar.hidden = ticked.length === 0 && !bar.querySelector("[name=all]");
    for (const button of bar.querySelectorAll("button:not([name=all])")) button.disabled = ticked.length === 0;
    const said = bar.querySelector("[data-list-said]");
    said.textContent = said.dataset.words.replace("{n}", ticked.length) + sumOf(ticked, bar, said);
  }
}

/* What the ticked rows come to: whole numbers of the smallest unit, added exactly. */
function sumOf(ticked, bar, said) {
  const amounts = ticked.filter((each) => each.dataset.amount).map((each) => BigInt(each.dataset.amount));
  if (!amounts.length || !Number(bar.dataset.scale)) return "";
  const sum = amounts.reduce((before, each) => before + each, 0n);
  return ` · ${said.dataset.sumWords.replace("{sum}", inUnits(sum, BigInt(bar.dataset.scale)))} ${bar.dataset.unit}`.trimEnd();
}

function inUnits(sum, scale) {
  const size = sum < 0n ? -sum : sum;
  const whole = (size / scale).toString().replace(/\B(?=(\d{3})+$)/g, ",");
  const part = scale > 1n ? (size % scale).toString().padStart(scale.toString().length - 1, "0").replace(/0+$/, "") : "";
  return (sum < 0n ? "\u2212" : "") + whole + (part && `.${part}`);
}

function ticksOf(table) {
  return [...table.querySelectorAll("tbody input[name=row]")];
}

function rowsOf(root) {
  return [...root.querySelectorAll(".data-table tbody tr")];
}

function current(root) {
  const focused = document.activeElement && document.activeElement.closest(".data-table tbody tr");
  return focused || root.querySelector(".row-current");
}

function walk(root, by) {
  const rows = rowsOf(root);
  if (!rows.length) return false;
  const at = rows.indexOf(current(root));
  const next = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + by, 0), rows.length - 1)];
  for (const row of rows) row.classList.toggle("row-current", row === next);
  const link = next.querySelector("a") || next.querySelector("input");
  if (link) link.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
  return true;
}

function tick(root) {
  const row = current(root);
  const box = row && row.querySelector("input[name=row]");
  if (!box) return false;
  box.click();
  return true;
}

function tell(line) {
  const list = line.querySelector("dl");
  list.hidden = !list.hidden;
  line.querySelector("[data-keys-tell]").setAttribute("aria-expanded", String(!list.hidden));
  if (!list.hidden) line.scrollIntoView({ block: "nearest" });
  return true;
}

function say(line) {
  const on = keysAreOn();
  line.querySelector("[data-keys-on]").hidden = !on;
  line.querySelector("[data-keys-off]").hidden = on;
  const button = line.querySelector("[data-keys-switch]");
  button.textContent = on ? button.dataset.off : button.dataset.on;
  if (!on) line.querySelector("dl").hidden = true;
}
