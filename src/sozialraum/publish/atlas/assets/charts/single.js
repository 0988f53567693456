// Two small drawings of the district panel: its place among all districts, and its course over time.
import * as models from "../core/model.js";
import { amount, date, drawing, number, text } from "../core/words.js";

const wide = 300;

const scale = (from, to, start, end) => (value) =>
  to === from ? (start + end) / 2 : start + ((value - from) / (to - from)) * (end - start);
const round = (value) => Math.round(value * 10) / 10;
const line = (points) => points.map(([x, y], place) => `${place ? "L" : "M"}${round(x)},${round(y)}`).join("");

function picture(height, label, children) {
  const box = { class: "chart", viewBox: `0 0 ${wide} ${height}`, role: "img", "aria-label": label };
  return drawing("svg", box, children);
}

function strip(model, scene, district) {
  const { indicator, slice } = scene;
  const found = models.ranked(model, slice);
  const highest = model.value(slice, found[0]);
  const lowest = model.value(slice, found[found.length - 1]);
  const x = scale(lowest, highest, 6, wide - 6);
  const ticks = found.map((other) => `M${round(x(model.value(slice, other)))},14v14`).join("");
  const here = x(model.value(slice, district));
  const parts = [
    drawing("path", { class: "ticks", d: ticks }),
    drawing("text", { class: "axis", x: 0, y: 42, text: amount(lowest, indicator) }),
    drawing("text", { class: "axis", x: wide, y: 42, "text-anchor": "end", text: amount(highest, indicator) }),
    drawing("path", { class: "here", d: `M${round(here)},10v22` }),
    drawing("path", { class: "here-tip", d: `M${round(here)},11l-5,-8h10z` }),
  ];
  const city = slice.city && slice.city.value;
  if (typeof city === "number" && city >= lowest && city <= highest) {
    parts.push(drawing("path", { class: "city", d: `M${round(x(city))},10v22` }));
  }
  const label = text("panel.strip", {
    value: amount(model.value(slice, district), indicator),
    lowest: amount(lowest, indicator),
    highest: amount(highest, indicator),
  });
  return picture(46, label, parts);
}

// Stretches without a gap, so that a line never crosses a missing value.
function stretches(points, read) {
  /** @type {any[][]} */
  const found = [[]];
  for (const point of points) {
    if (typeof read(point) === "number") found[found.length - 1].push(point);
    else if (found[found.length - 1].length) found.push([]);
  }
  return found.filter((stretch) => stretch.length);
}

function seriesPoints(model, indicator, district) {
  return indicator.slices.map((slice) => ({
    ...models.cell(model, slice, district),
    date: slice.date,
    time: Date.parse(slice.date),
    city: slice.city ? slice.city.value : null,
    median: slice.city ? slice.city.median : null,
  }));
}

function path(points, read, x, y, kind) {
  return stretches(points, read).map((stretch) => {
    const places = stretch.map((point) => [x(point), y(read(point))]);
    if (places.length === 1) places.push([places[0][0] + 0.1, places[0][1]]);
    return drawing("path", { class: kind, d: line(places) });
  });
}

function band(points, x, y) {
  return stretches(points, (point) => (typeof point.upper === "number" ? point.lower : null)).map((stretch) => {
    const upper = stretch.map((point) => [x(point), y(point.upper)]);
    const lower = stretch.map((point) => [x(point), y(point.lower)]).reverse();
    return drawing("path", { class: "band", d: `${line([...upper, ...lower])}Z` });
  });
}

function series(model, scene, district) {
  const { indicator } = scene;
  const points = seriesPoints(model, indicator, district);
  const hasCity = points.some((point) => typeof point.city === "number");
  const reference = (point) => (hasCity ? point.city : point.median);
  const shown = points.flatMap((point) => [point.value, point.lower, point.upper, reference(point)])
    .filter((value) => typeof value === "number");
  if (!shown.length || points.some((point) => Number.isNaN(point.time))) return null;
  const low = Math.min(...shown);
  const high = Math.max(...shown);
  const x = ((to) => (point) => to(point.time))(scale(points[0].time, points[points.length - 1].time, 44, wide - 10));
  const y = scale(low, high, 96, 10);
  const parts = [
    drawing("path", { class: "grid", d: `M40,96H${wide}M40,10H${wide}` }),
    drawing("text", { class: "axis", x: 36, y: 100, "text-anchor": "end", text: number(low, indicator.decimals) }),
    drawing("text", { class: "axis", x: 36, y: 14, "text-anchor": "end", text: number(high, indicator.decimals) }),
    drawing("text", { class: "axis", x: 40, y: 122, text: stamp(points[0], indicator) }),
    drawing("text", {
      class: "axis", x: wide, y: 122, "text-anchor": "end", text: stamp(points[points.length - 1], indicator),
    }),
    ...band(points, x, y),
    ...path(points, reference, x, y, "reference"),
    ...path(points, (point) => point.value, x, y, "course"),
    ...points.map((point) => mark(point, scene.date, x, y)),
  ];
  const label = points.map((point) => `${date(point.date, indicator)}: ${said(point, indicator)}`).join("; ");
  const drawn = picture(126, `${text("panel.series")}. ${label}`, parts);
  return { drawn, hasCity, hasBand: points.some((point) => typeof point.upper === "number"),
    hasGap: points.some((point) => point.value === null) };
}

// A year is enough for a reference date; a period has its own name.
const stamp = (point, indicator) => {
  const slice = indicator.slices.find((one) => one.date === point.date);
  return slice && slice.period ? slice.period : point.date.slice(0, 4);
};

const said = (point, indicator) =>
  point.value === null ? text(`flag.${point.flag}`) : amount(point.value, indicator);

function mark(point, current, x, y) {
  if (point.value === null) {
    return drawing("path", { class: "gap", d: `M${round(x(point) - 3)},101l6,6m0,-6l-6,6` });
  }
  const now = point.date === current;
  const place = { cx: round(x(point)), cy: round(y(point.value)), r: now ? 4.5 : 2.2 };
  return drawing("circle", { class: now ? "dot now" : "dot", ...place });
}

export { strip, series };
