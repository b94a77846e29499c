/* What every page loads. Everything here is comfort: each page works without it.
   htmx fetches fragments; Alpine (its CSP build: one expression per attribute) drives two small widgets;
   the modules are wired by data-… attributes. */
import Alpine from "@alpinejs/csp";
import htmx from "htmx.org";

import { loadChartsWhereNeeded } from "./modules/charts-loader.js";
import { disclosures } from "./modules/disclosures.js";
import { drawer } from "./modules/drawer.js";
import { editor } from "./modules/editor.js";
import { fileDrop } from "./modules/file-drop.js";
import { forms } from "./modules/forms.js";
import { lists, listTicks } from "./modules/lists.js";
import { palette } from "./modules/palette.js";
import { selects } from "./modules/selects.js";
import { search } from "./modules/search.js";
import { announceCounts, tables } from "./modules/tables.js";

document.documentElement.classList.add("scripted");
window.htmx = htmx;

Alpine.data("fileDrop", fileDrop);
Alpine.start();

function whenReady(start) {
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
}

whenReady(() => {
  disclosures(document);
  drawer(document);
  editor(document);
  forms(document);
  lists(document);
  palette(document);
  search(document);
  selects(document);
  announceCounts(document);
  tables(document);
  loadChartsWhereNeeded(document);
});
document.addEventListener("htmx:load", (event) => {
  editor(event.detail.elt);
  listTicks(event.detail.elt);
  selects(event.detail.elt);
  tables(event.detail.elt);
  loadChartsWhereNeeded(event.detail.elt);
});
