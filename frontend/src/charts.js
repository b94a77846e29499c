/* Draws each <figure data-chart> from the table inside it. The table stays the source: what it does not say is not drawn,
   an empty cell is a gap, a cell marked partial has a hollow point. Loaded only where a chart is. */
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use([LineChart, BarChart, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

const drawn = new WeakSet();
const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function read(table) {
  const heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim());
  const rows = [...table.tBodies[0].rows];
  return {
    labels: rows.map((row) => row.cells[0].textContent.trim()),
    series: heads.slice(1).map((name, index) => ({
      name,
      points: rows.map((row) => {
        const cell = row.cells[index + 1];
        return {
          value: cell.dataset.value === "" ? null : Number(cell.dataset.value),
          partial: cell.dataset.status === "partial",
          text: cell.textContent.trim().replace(/\s+/g, " "),
        };
      }),
    })),
  };
}

function option(kind, unit, { labels, series }) {
  const [ink, faint, line, surface] = ["--ink-soft", "--ink-faint", "--line", "--surface"].map(token);
  const colours = ["--series-1", "--series-2", "--series-3", "--series-4"].map(token);
  const several = series.length > 1;
  const values = series.flatMap((one) => one.points.map((point) => point.value)).filter((value) => value !== null);
  return {
    animation: false,
    color: colours,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    grid: { left: 4, right: 16, top: several ? 36 : 20, bottom: 4, containLabel: true },
    legend: { show: several, left: 0, top: 0, itemWidth: 18, itemHeight: 8, textStyle: { color: ink, fontSize: 12 } },
    tooltip: {
      trigger: "axis",
      renderMode: "richText", // an HTML tooltip writes style attributes, which our content security policy refuses
      backgroundColor: surface,
      borderColor: line,
      textStyle: { color: ink, fontSize: 13 },
      formatter: (points) =>
        [points[0].name, ...points.map((point) => `${several ? `${point.seriesName}：` : ""}${point.data.text}${point.data.value === null ? "" : unit}`)].join("\n"),
    },
    xAxis: {
      type: "category",
      data: labels,
      axisTick: { show: false },
      axisLine: { lineStyle: { color: faint } },
      axisLabel: { color: ink, fontSize: 12, hideOverlap: true },
    },
    yAxis: {
      type: "value",
      min: kind === "bar" || values.every((value) => value >= 0) ? 0 : undefined,
      splitNumber: 4,
      axisLabel: { color: faint, fontSize: 12 },
      splitLine: { lineStyle: { color: line } },
    },
    series: series.map((one, index) => ({
      name: one.name,
      type: kind,
      connectNulls: false,
      barMaxWidth: 34,
      symbol: "circle",
      symbolSize: 7,
      lineStyle: { width: 2, type: index ? "dashed" : "solid" },
      label: { show: !several && labels.length <= 14, position: "top", color: ink, fontSize: 12, formatter: (point) => point.data.label },
      data: one.points.map((point) => ({
        value: point.value,
        text: point.text,
        label: { formatter: point.text.split(" ")[0] },
        itemStyle: point.partial ? { color: surface, borderColor: colours[index % 4], borderWidth: 2 } : undefined,
      })),
    })),
  };
}

function draw(figure) {
  const table = figure.querySelector("table");
  const canvas = figure.querySelector("[data-chart-canvas]");
  const source = figure.querySelector("[data-chart-data]");
  canvas.hidden = false;
  source.open = false;
  const chart = init(canvas, null, { renderer: "svg" });
  chart.setOption(option(figure.dataset.chart, figure.dataset.unit || "", read(table)));
  new ResizeObserver(() => chart.resize()).observe(canvas);
  // On paper the numbers stand below the drawing.
  window.addEventListener("beforeprint", () => { source.open = true; });
}

window.xingkeDrawCharts = (root) => {
  for (const figure of root.querySelectorAll("figure[data-chart]")) {
    if (drawn.has(figure)) continue;
    drawn.add(figure);
    draw(figure);
  }
};
