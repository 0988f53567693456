// Each district beside the mean of its neighbours: the picture behind Moran's I.
import { axisX, axisY, extent, figure, named, round, scale, wide } from "./frame.js";
import { amount, drawing, number, text } from "../core/words.js";

const left = 40;
const bottom = 220;

// The mean of the neighbours that have a value; null for a district without any.
function lags(model, values) {
  return model.neighbours().map((others, district) => {
    if (values[district] === null) return null;
    const known = others.map((other) => values[other]).filter((value) => value !== null);
    return known.length ? known.reduce((sum, value) => sum + value, 0) / known.length : null;
  });
}

function moments(values, lag) {
  const known = values.map((value, place) => [value, lag[place]]).filter(([value, beside]) => value !== null && beside !== null);
  const mean = known.reduce((sum, [value]) => sum + value, 0) / known.length;
  const variance = known.reduce((sum, [value]) => sum + (value - mean) ** 2, 0);
  const joint = known.reduce((sum, [value, beside]) => sum + (value - mean) * (beside - mean), 0);
  return { mean, slope: variance ? joint / variance : 0, count: known.length };
}

function scatter(model, scene, act) {
  const { indicator, slice } = scene;
  if (!indicator || !slice || !slice.clusters || scene.view === "change") return null;
  const values = Array.from({ length: model.size }, (_, district) => model.value(slice, district));
  const lag = lags(model, values);
  const shown = Array.from(values.keys()).filter((one) => lag[one] !== null);
  if (shown.length < 3) return null;
  const { mean, slope } = moments(values, lag);
  const [low, high] = extent(shown.map((one) => values[one])) || [0, 0];
  const [under, over] = extent(shown.map((one) => lag[one])) || [0, 0];
  const x = scale(low, high, left + 6, wide - 8);
  const y = scale(under, over, bottom, 8);
  const dots = new Map();
  for (const one of shown) {
    const colour = model.data.clusterColours[model.label(slice, one)] || "#7c868c";
    dots.set(colour, `${dots.get(colour) || ""}M${round(x(values[one]))},${round(y(lag[one]))}h.01`);
  }
  const inside = (value) => Math.max(under, Math.min(over, value));
  const ends = [low, high].map((value) => [value, mean + slope * (value - mean)]);
  return figure({
    title: text("charts.scatter"), label: text("charts.scatter.label", { count: number(shown.length) }), height: bottom + 22, act,
    parts: [...axisY(under, over, y, left, wide, indicator.decimals), ...axisX(low, high, x, bottom, indicator.decimals),
      drawing("path", { class: "middle", d: `M${round(x(mean))},8V${bottom}M${left},${round(y(inside(mean)))}H${wide}` }),
      ...Array.from(dots, ([colour, d]) => [drawing("path", { class: "points-edge", d }), drawing("path", { class: "points", d, style: `stroke:${colour}` })]).flat(),
      drawing("path", { class: "slope", d: ends.map(([value, beside], place) => `${place ? "L" : "M"}${round(x(value))},${round(y(inside(beside)))}`).join("") })],
    at: (px, py) => {
      let best = -1;
      let least = 14 ** 2;
      for (const one of shown) {
        const far = (x(values[one]) - px) ** 2 + (y(lag[one]) - py) ** 2;
        if (far < least) { least = far; best = one; }
      }
      return best;
    },
    lit: (members) => members.filter((one) => lag[one] !== null).map((one) => drawing("circle", { class: "lit-dot", cx: round(x(values[one])), cy: round(y(lag[one])), r: 5 })),
    tell: (members) => members.filter((one) => lag[one] !== null).slice(0, 2).map((one) => text("charts.scatter.told", {
      name: named(model, [one]), value: amount(values[one], indicator), lag: amount(lag[one], indicator) })).join(" "),
    notes: [text("charts.scatter.axes"), text("charts.scatter.note")],
  });
}

export { scatter, lags, moments };
