/** The chart bundle: ECharts with only the kinds used, drawn as SVG, themed from the tokens of the page. */
import { BarChart, HeatmapChart, LineChart, ScatterChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, VisualMapComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use([
  BarChart,
  HeatmapChart,
  LineChart,
  ScatterChart,
  AriaComponent,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TooltipComponent,
  VisualMapComponent,
  SVGRenderer,
]);

const PALETTE = ["accent", "warning", "positive", "violet", "info", "text-3"];

/** The colour a token has now; light-dark() is resolved by the browser, not by us. */
function colour(name) {
  const probe = document.createElement("i");
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

function axis(extra) {
  return {
    axisLine: { lineStyle: { color: colour("line-strong") } },
    axisTick: { show: false },
    axisLabel: { color: colour("text-3"), fontSize: 11, hideOverlap: true },
    nameTextStyle: { color: colour("text-3"), fontSize: 11 },
    splitLine: { lineStyle: { color: colour("line") } },
    ...extra,
  };
}

function frame(data) {
  const reduced = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const several = (data.series?.length ?? 0) > 1;
  return {
    animation: !reduced,
    animationDuration: 160,
    color: PALETTE.map(colour),
    textStyle: { fontFamily: "Inter, sans-serif", fontSize: 12, color: colour("text-2") },
    aria: { enabled: true, decal: { show: false } },
    grid: { left: 8, right: 16, top: several ? 36 : 24, bottom: 8, outerBoundsMode: "same", outerBoundsContain: "all" },
    legend: several ? { left: 0, top: 0, icon: "roundRect", itemWidth: 10, itemHeight: 4, textStyle: { color: colour("text-2") } } : undefined,
    tooltip: {
      renderMode: "richText", // HTML tooltips need inline styles, which the CSP forbids
      backgroundColor: colour("surface"),
      borderColor: colour("line-strong"),
      textStyle: { color: colour("text-1"), fontSize: 12 },
    },
  };
}

const KINDS = {
  line: (data) => ({
    xAxis: axis({ type: "category", data: data.categories, name: data.x, boundaryGap: false, splitLine: { show: false } }),
    yAxis: axis({ type: "value", name: data.y, scale: data.scale ?? false }),
    tooltip: { ...frame(data).tooltip, trigger: "axis" },
    series: data.series.map((one) => ({ type: "line", symbolSize: 5, showSymbol: data.categories.length < 40, lineStyle: { width: 2 }, ...one })),
  }),
  bar: (data) => ({
    xAxis: axis({ type: "category", data: data.categories, name: data.x, splitLine: { show: false } }),
    yAxis: axis({ type: "value", name: data.y }),
    tooltip: { ...frame(data).tooltip, trigger: "axis", axisPointer: { type: "none" } },
    series: data.series.map((one) => ({ type: "bar", barMaxWidth: 28, itemStyle: { borderRadius: [3, 3, 0, 0] }, ...one })),
  }),
  scatter: (data) => ({
    xAxis: axis({ type: "value", name: data.x, scale: true }),
    yAxis: axis({ type: "value", name: data.y, scale: true }),
    tooltip: { ...frame(data).tooltip, trigger: "item" },
    series: data.series.map((one) => ({ type: "scatter", symbolSize: 8, ...one })),
  }),
  heatmap: (data) => ({
    xAxis: axis({ type: "category", data: data.categories, splitLine: { show: false } }),
    yAxis: axis({ type: "category", data: data.rows, splitLine: { show: false } }),
    visualMap: { show: false, min: data.min ?? 0, max: data.max, inRange: { color: [1, 2, 3, 4, 5].map((step) => colour(`heat-${step}`)) } },
    tooltip: { ...frame(data).tooltip, trigger: "item" },
    series: data.series.map((one) => ({ type: "heatmap", label: { show: true }, ...one })),
  }),
};

/** @param {HTMLElement} element @param {string} kind @param {object} data */
export function draw(element, kind, data) {
  const chart = init(element, undefined, { renderer: "svg" });
  chart.setOption({ ...frame(data), ...KINDS[kind](data) });
  return chart;
}
