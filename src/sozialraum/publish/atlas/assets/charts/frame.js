// What all linked charts share: a scale, an axis, a drawing that knows which district the pointer is at.
import { drawing, element, number } from "../core/words.js";

const wide = 340;
const round = (value) => Math.round(value * 10) / 10;
const scale = (from, to, start, end) => (value) =>
  to === from ? (start + end) / 2 : start + ((value - from) / (to - from)) * (end - start);
const line = (points) => points.map(([x, y], place) => `${place ? "L" : "M"}${round(x)},${round(y)}`).join("");

const steps = [1, 2, 2.5, 5, 10];
// Round numbers within a range; about as many as asked for.
function ticks(low, high, wanted = 4) {
  if (!(high > low)) return [low];
  const rough = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = (steps.find((one) => one * power >= rough * 0.999) || 10) * power;
  const found = [];
  for (let place = Math.ceil(low / step - 1e-9); place * step <= high + step * 1e-6; place += 1) found.push(Number((place * step).toPrecision(12)));
  return found;
}

// From 0 where 0 is near: a level is read from its length.
function extent(values, { fromZero = true } = {}) {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (typeof value !== "number") continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (fromZero && low > 0 && low < 0.5 * high) low = 0;
  if (fromZero && high < 0 && high > 0.5 * low) high = 0;
  return low <= high ? [low, high] : null;
}

function axisX(low, high, x, bottom, decimals, unit = "") {
  const found = ticks(low, high);
  return found.map((value, place) => drawing("text", { class: "axis", x: round(x(value)), y: bottom + 15,
    "text-anchor": "middle", text: `${number(value, digits(value, decimals))}${place === found.length - 1 ? unit : ""}` }));
}

// A tick needs no more digits than it has.
const digits = (value, decimals) => (Number.isInteger(value) ? 0 : Math.max(1, decimals || 0));

function axisY(low, high, y, left, right, decimals) {
  return ticks(low, high).flatMap((value) => [
    drawing("path", { class: "grid", d: `M${left},${round(y(value))}H${right}` }),
    drawing("text", { class: "axis", x: left - 4, y: round(y(value)) + 4, "text-anchor": "end", text: number(value, digits(value, decimals)) })]);
}

/**
 * A chart that answers to the pointer and to what is lit elsewhere.
 * @param {{ title: string, label: string, height: number, parts: any[], act: any,
 *   at: (x: number, y: number) => number, tell: (members: number[]) => string,
 *   lit: (members: number[]) => any[], notes?: string[], extra?: any }} chart
 */
function figure({ title, label, height, parts, act, at, tell, lit, notes = [], extra = null }) {
  const over = drawing("g", { class: "over" });
  const drawn = drawing("svg", { class: "chart linked", viewBox: `0 0 ${wide} ${height}`, role: "img", "aria-label": label }, [...parts, over]);
  const told = element("p", { class: "chart-told" });
  const place = (event) => {
    const box = drawn.getBoundingClientRect();
    return at(((event.clientX - box.left) * wide) / box.width, ((event.clientY - box.top) * height) / box.height);
  };
  drawn.addEventListener("mousemove", (event) => {
    const district = place(event);
    act.light(district < 0 ? [] : [district]);
  });
  drawn.addEventListener("mouseleave", () => act.light([]));
  drawn.addEventListener("click", (event) => place(event) >= 0 && act.choose({ district: place(event) }));
  const light = (members) => {
    over.replaceChildren(...lit(members));
    told.textContent = members.length ? tell(members) : "";
  };
  light([]);
  const node = element("section", { class: "figure" }, [element("h3", { text: title }), drawn, told, extra,
    ...notes.filter(Boolean).map((note) => element("p", { class: "plain", text: note }))]);
  return { node, light };
}

const named = (model, members) => members.slice(0, 3).map((one) => model.data.districts.names[one]).join(", ");

export { wide, round, scale, line, extent, axisX, axisY, figure, named };
