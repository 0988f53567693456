// How unequal the city is as a whole, beyond what chance explains, and how that has changed.
import { axisY, extent, line, round, scale, wide } from "../charts/frame.js";
import { date, drawing, element, number, percent, range, text } from "../core/words.js";

const measures = ["dissimilarity", "isolation", "gini"];
const of = (indicator, name) => indicator.slices.filter((slice) => slice.measures && slice.measures[name])
  .map((slice) => ({ date: slice.date, ...slice.measures[name] }));

const offered = (scene) => scene.tab === "single" && measures.some((name) => of(scene.indicator, name).some((one) => one.date === scene.date));

const share = (value) => Math.round(value * 1000) / 10;
const asShare = { decimals: 1, unit: "%" };
// The Gini coefficient is a number between 0 and 1 everywhere; the others are shares.
const told = (name, value) => (name === "gini" ? number(value, 2) : percent(share(value), 1));
const interval = (name, one) => (name === "gini" ? text("legend.range", { from: number(one.lower, 2), to: number(one.upper, 2) })
  : range(share(one.lower), share(one.upper), asShare));

const height = 110;
function chart(name, found, current) {
  if (found.length < 2) return null;
  const part = name === "gini" ? (value) => value : share;
  const bounds = extent(found.flatMap((one) => [one.lower, one.upper, one.value].map(part)));
  const times = found.map((one) => Date.parse(one.date));
  if (!bounds || times.some(Number.isNaN)) return null;
  const x = scale(times[0], times[times.length - 1], 46, wide - 10);
  const y = scale(bounds[0], bounds[1], height - 22, 8);
  const at = (one, column) => [x(Date.parse(one.date)), y(part(one[column]))];
  const band = found.every((one) => typeof one.lower === "number");
  const now = found.find((one) => one.date === current);
  const label = found.map((one) => `${one.date.slice(0, 4)}: ${told(name, one.value)}`).join("; ");
  return drawing("svg", { class: "chart", viewBox: `0 0 ${wide} ${height}`, role: "img", "aria-label": label }, [
    ...axisY(bounds[0], bounds[1], y, 44, wide - 8, name === "gini" ? 2 : 0),
    ...(band ? [drawing("path", { class: "band", d: `${line([...found.map((one) => at(one, "upper")), ...found.map((one) => at(one, "lower")).reverse()])}Z` })] : []),
    drawing("path", { class: "course", d: line(found.map((one) => at(one, "value"))) }),
    ...(now ? [drawing("circle", { class: "dot now", cx: round(at(now, "value")[0]), cy: round(at(now, "value")[1]), r: 4.5 })] : []),
    ...[[found[0], "start"], [found[found.length - 1], "end"]].map(([one, anchor]) =>
      drawing("text", { class: "axis", x: round(x(Date.parse(one.date))), y: height - 6, "text-anchor": anchor, text: one.date.slice(0, 4) })),
  ]);
}

function block(scene, name) {
  const found = of(scene.indicator, name);
  const now = found.find((one) => one.date === scene.date);
  if (!now) return null;
  return element("section", { class: "figure" }, [
    element("h3", { text: text(`mixing.measure.${name}`) }),
    element("p", { class: "block" }, [element("span", { class: "big", "data-measure": name, text: told(name, now.value) })]),
    element("p", { class: "plain", text: `${text("panel.interval")}: ${interval(name, now)}` }),
    element("p", { text: text(`mixing.measure.${name}.explain`) }), chart(name, found, scene.date),
  ]);
}

function draw(_model, scene) {
  return [
    element("p", { class: "plain", text: `${scene.indicator.label}, ${date(scene.date)}` }),
    ...measures.map((name) => block(scene, name)),
    ...["never_a_target", "size", "interval"].map((name) => element("p", { class: "plain", text: text(`mixing.note.${name}`) })),
  ];
}

const light = () => {};

export { offered, draw, light };
