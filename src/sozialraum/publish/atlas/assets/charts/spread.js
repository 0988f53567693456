// How all districts lie on one scale: in order with their intervals (internal), or counted in bins (public).
import { axisX, axisY, extent, figure, named, round, scale, wide } from "./frame.js";
import { drawing, number, text } from "../core/words.js";

const left = 40;
const bottom = 150;

function known(model, scene) {
  return Array.from({ length: model.size }, (_, district) => district)
    .filter((district) => typeof scene.amount(district) === "number");
}

function cityOf(scene) {
  const city = scene.slice && scene.slice.city && scene.slice.city.value;
  return typeof city === "number" && scene.view !== "change" ? city : null;
}

const decimalsOf = (scene) => (scene.indicator ? scene.indicator.decimals : 1);
const toldOf = (model, scene, members) => members.filter((one) => typeof scene.amount(one) === "number").slice(0, 3)
  .map((one) => `${named(model, [one])}: ${scene.told(one)}`).join("; ");

function ordered(model, scene, act) {
  const found = known(model, scene).sort((a, b) => scene.amount(b) - scene.amount(a) || a - b);
  const bounds = (one) => (scene.interval ? scene.interval(one) : [null, null]);
  const range = extent(found.flatMap((one) => [scene.amount(one), ...bounds(one)]));
  if (!range) return null;
  const x = scale(0, Math.max(1, found.length - 1), left + 6, wide - 6);
  const y = scale(range[0], range[1], bottom, 8);
  const whiskers = found.map((one, place) => {
    const [low, high] = bounds(one);
    return typeof low === "number" && typeof high === "number" ? `M${round(x(place))},${round(y(low))}V${round(y(high))}` : "";
  }).join("");
  const dots = new Map();
  found.forEach((one, place) => {
    const { colour } = scene.of[one];
    dots.set(colour, `${dots.get(colour) || ""}M${round(x(place)) - 1.5},${round(y(scene.amount(one)))}h3`);
  });
  const places = new Map(found.map((one, place) => [one, place]));
  const city = cityOf(scene);
  return figure({
    title: text("charts.ordered"), label: text("charts.ordered.label", { count: number(found.length) }), height: bottom + 10, act,
    parts: [...axisY(range[0], range[1], y, left, wide, decimalsOf(scene)), drawing("path", { class: "whiskers", d: whiskers }),
      drawing("path", { class: "values-edge", d: Array.from(dots.values()).join("") }),
      ...Array.from(dots, ([colour, d]) => drawing("path", { class: "values", d, style: `stroke:${colour || "#7c868c"}` })),
      ...(city === null ? [] : [drawing("path", { class: "city", d: `M${left},${round(y(city))}H${wide}` })])],
    at: (px) => found[Math.max(0, Math.min(found.length - 1, Math.round(((px - left - 6) / (wide - left - 12)) * (found.length - 1))))] ?? -1,
    lit: (members) => members.filter((one) => places.has(one)).map((one) => drawing("circle", {
      class: "lit-dot", cx: round(x(places.get(one))), cy: round(y(scene.amount(one))), r: 4.5 })),
    tell: (members) => toldOf(model, scene, members),
    notes: [city === null ? null : text("charts.city_line"), scene.interval ? text("charts.whiskers") : null],
  });
}

const bins = 24;

function counted(model, scene, act) {
  const found = known(model, scene);
  const range = extent(found.map(scene.amount), { fromZero: false });
  if (!range) return null;
  const [low, high] = range;
  const binOf = (one) => (high === low ? 0 : Math.min(bins - 1, Math.floor(((scene.amount(one) - low) / (high - low)) * bins)));
  /** @type {number[][]} */
  const members = Array.from({ length: bins }, () => []);
  found.forEach((one) => members[binOf(one)].push(one));
  const most = Math.max(...members.map((some) => some.length));
  const x = scale(low, high, left, wide - 8);
  const step = (wide - 8 - left) / bins;
  const y = scale(0, most, bottom - 20, 8);
  const bar = (some, place, kind) => drawing("rect", { class: kind, x: round(left + place * step + 0.5), width: round(step - 1),
    y: round(y(some)), height: round(y(0) - y(some)) });
  const city = cityOf(scene);
  return figure({
    title: text("charts.counted"), label: text("charts.counted.label", { count: number(found.length) }), height: bottom, act,
    parts: [...axisY(0, most, y, left, wide - 8, 0).filter((part) => !/[.,]/.test(part.textContent)), ...members.map((some, place) => bar(some.length, place, "bin")),
      ...axisX(low, high, x, bottom - 20, decimalsOf(scene)),
      ...(city === null || city < low || city > high ? [] : [drawing("path", { class: "city", d: `M${round(x(city))},8V${bottom - 20}` })])],
    // A bin stands for all its districts: the pointer lights one only where it holds no other.
    at: (px) => {
      const some = members[Math.floor((px - left) / step)] || [];
      return some.length === 1 ? some[0] : -1;
    },
    lit: (some) => [...new Set(some.filter((one) => typeof scene.amount(one) === "number").map(binOf))].map((place) => bar(
      Math.max(1, some.filter((one) => typeof scene.amount(one) === "number" && binOf(one) === place).length), place, "bin lit-bin")),
    tell: (some) => toldOf(model, scene, some),
    notes: [city === null ? null : text("charts.city_line_down")],
  });
}

// A public page holds no order of rank.
const spread = (model, scene, act) => (model.data.internal ? ordered : counted)(model, scene, act);

export { spread };
