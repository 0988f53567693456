// The years of all districts as lines: the city, those that are compared, and whichever is pointed at.
import { axisY, extent, figure, line, named, round, scale, wide } from "./frame.js";
import { amount, date, drawing, element, number, text } from "../core/words.js";

const left = 40;
const bottom = 160;
const most = 600;
const kinds = ["first", "second", "third", "fourth"];

// What runs through the years: an indicator with its city, or the index, whose middle is 0.
function courseOf(model, scene) {
  if (scene.tab === "single") {
    const { indicator } = scene;
    if (indicator.slices.length < 2) return null;
    return { slices: indicator.slices, value: (slice, one) => model.value(slice, one), decimals: indicator.decimals,
      told: (value) => amount(value, indicator), title: indicator.label,
      city: (slice) => (slice.city ? slice.city.value ?? slice.city.median : null),
      cityTold: indicator.slices.some((slice) => slice.city && typeof slice.city.value === "number") ? "charts.city" : "charts.median" };
  }
  if (!scene.course || scene.course.length < 2) return null;
  return { slices: scene.course, value: (slice, one) => (slice.value ? slice.value[one] : null), decimals: 1,
    told: (value) => number(value, 2), title: text("panel.index_value"), city: () => null, cityTold: "" };
}

const numeric = (value) => typeof value === "number";

// Stretches without a gap: a line never crosses a missing value.
function stretches(course, x, y, value) {
  let open = false;
  return course.slices.map((slice) => {
    const found = value(slice);
    if (!numeric(found)) { open = false; return ""; }
    const told = `${open ? "L" : "M"}${round(x(slice))},${round(y(found))}`;
    open = true;
    return told;
  }).join("");
}

function keysOf(model, compared, course) {
  const key = (kind, told) => element("span", { class: `key ${kind}`, text: told });
  return element("p", { class: "keys" }, [course.cityTold ? key("reference", text(course.cityTold)) : null,
    ...compared.map((one, place) => key(kinds[place], model.data.districts.names[one]))]);
}

function course(model, scene, act, compared = []) {
  const found = courseOf(model, scene);
  if (!found) return null;
  const all = Array.from({ length: model.size }, (_, one) => one);
  const range = extent(found.slices.flatMap((slice) => [...all.map((one) => found.value(slice, one)), found.city(slice)]));
  const times = found.slices.map((slice) => Date.parse(slice.date));
  if (!range || times.some(Number.isNaN)) return null;
  const place = scale(times[0], times[times.length - 1], left + 6, wide - 10);
  const x = (slice) => place(Date.parse(slice.date));
  const y = scale(range[0], range[1], bottom, 8);
  const path = (value, kind) => drawing("path", { class: kind, d: stretches(found, x, y, value) });
  const dated = (slice, anchor) => drawing("text", { class: "axis", x: round(x(slice)), y: bottom + 16, "text-anchor": anchor, text: slice.date.slice(0, 4) });
  const current = found.slices.find((slice) => slice.date === scene.date);
  // The date that the pointer is at; the scene's own until then.
  let at = current || found.slices[found.slices.length - 1];
  const ghosts = all.length > most ? [] : [drawing("path", { class: "ghosts", d: all.map((one) => stretches(found, x, y, (slice) => found.value(slice, one))).join("") })];
  const ends = [dated(found.slices[0], "middle"), dated(found.slices[found.slices.length - 1], "end")];
  return figure({
    title: text("charts.course", { what: found.title }), label: text("charts.course.label", { count: number(found.slices.length) }), height: bottom + 20, act,
    parts: [...axisY(range[0], range[1], y, left, wide, found.decimals), ...ghosts, ...ends,
      ...(current ? [drawing("path", { class: "middle", d: `M${round(x(current))},8V${bottom}` })] : []),
      path(found.city, "reference"), ...compared.map((one, nth) => path((slice) => found.value(slice, one), `compared ${kinds[nth]}`))],
    at: (px, py) => {
      at = found.slices.reduce((best, slice) => (Math.abs(x(slice) - px) < Math.abs(x(best) - px) ? slice : best));
      return nearest(all, (one) => found.value(at, one), y, py);
    },
    lit: (members) => members.slice(0, 4).flatMap((one) => [path((slice) => found.value(slice, one), "course"),
      ...(numeric(found.value(at, one)) ? [drawing("circle", { class: "lit-dot", cx: round(x(at)), cy: round(y(found.value(at, one))), r: 4.5 })] : [])]),
    tell: (members) => members.slice(0, 2).filter((one) => numeric(found.value(at, one))).map((one) =>
      `${named(model, [one])}, ${date(at.date)}: ${found.told(found.value(at, one))}`).concat(
      numeric(found.city(at)) ? [`${text(found.cityTold)}: ${found.told(found.city(at))}`] : []).join("; "),
    extra: keysOf(model, compared, found), notes: [range[0] > 0 ? text("charts.not_zero", { from: found.told(range[0]) }) : null],
  });
}

function nearest(all, value, y, py) {
  let best = -1;
  let least = Infinity;
  for (const one of all) {
    const found = value(one);
    if (!numeric(found)) continue;
    const far = Math.abs(y(found) - py);
    if (far < least) { least = far; best = one; }
  }
  return best;
}

export { course, kinds, line };
