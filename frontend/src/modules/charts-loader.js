/* Loads charts.js once, and only where a page (or a fragment) holds a [data-chart]. */
let loading = false;

export function loadChartsWhereNeeded(root) {
  if (!root.querySelector("[data-chart]")) return;
  if (window.xingkeDrawCharts) {
    window.xingkeDrawCharts(root);
    return;
  }
  const address = document.body.dataset.charts;
  if (loading || !address) return;
  loading = true;
  const script = document.createElement("script");
  script.src = address;
  script.addEventListener("load", () => window.xingkeDrawCharts(document));
  document.head.append(script);
}
