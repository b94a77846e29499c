/* Announces how many rows a list has after it was filtered. */
export function announceCounts(root) {
  root.addEventListener("htmx:afterSettle", (event) => {
    const count = event.detail.elt.querySelector && event.detail.elt.querySelector("[data-count]");
    const announcer = document.getElementById("announcer");
    if (count && announcer) announcer.textContent = count.textContent;
  });
}

/* Tables wider than their place scroll sideways (and are a stop for the keyboard); all others let their head stick. */
const seen = new WeakSet();

function fit(box) {
  box.classList.remove("table-overflows");
  const wide = box.scrollWidth > box.clientWidth + 1;
  box.classList.toggle("table-overflows", wide);
  if (wide) box.tabIndex = 0;
  else box.removeAttribute("tabindex");
}

const watcher = new ResizeObserver((entries) => entries.forEach((entry) => fit(entry.target)));

/* What a number is, beside it: seen where a row becomes a paragraph. */
function nameNumbers(table) {
  const heads = [...table.querySelectorAll("thead th")];
  for (const row of table.tBodies[0].rows) {
    [...row.cells].forEach((cell, at) => {
      const head = heads[at];
      if (head && head.matches(".num, .told")) cell.dataset.head = head.firstChild.textContent.trim();
    });
  }
}

export function tables(root) {
  root.querySelectorAll(".table-flow").forEach(nameNumbers);
  for (const box of root.querySelectorAll(".table-scroll")) {
    if (seen.has(box)) continue;
    seen.add(box);
    fit(box);
    watcher.observe(box);
  }
}
