// The same map at each date, small, side by side.
import * as geometry from "../ground/geometry.js";
import * as fills from "../core/fills.js";
import * as viewsPart from "../views/views.js";
import { date, element, text } from "../core/words.js";

const most = 15_000;
const high = 110;

// Outlines in the units of a small canvas, made once.
const made = new WeakMap();
function outlines(model) {
  if (made.has(model.data)) return made.get(model.data);
  const { bounds: [west, south, east, north], origin, digits } = model.data.districts;
  const squeeze = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const unit = 10 ** digits;
  const size = (high - 6) / (north - south || 1);
  const width = Math.max(40, Math.ceil((east - west) * squeeze * size) + 6);
  const flat = model.flat();
  const paths = model.data.districts.keys.map((_, district) => {
    const path = new Path2D();
    for (const ring of geometry.ringsOf(flat, district)) {
      ring.forEach(([a, b], place) => {
        const [x, y] = [3 + ((a + origin[0]) / unit - west) * squeeze * size, 3 + (north - (b + origin[1]) / unit) * size];
        if (place) path.lineTo(x, y);
        else path.moveTo(x, y);
      });
      path.closePath();
    }
    return path;
  });
  made.set(model.data, { paths, width });
  return made.get(model.data);
}

function canvasOf(width, kind) {
  const canvas = document.createElement("canvas");
  const dense = Math.min(2, window.devicePixelRatio || 1);
  canvas.width = width * dense;
  canvas.height = high * dense;
  canvas.className = kind;
  /** @type {any} */
  const context = canvas.getContext("2d");
  context.scale(dense, dense);
  return { canvas, context };
}

function small(model, scene, state, iso, act) {
  const { paths, width } = outlines(model);
  const { canvas, context } = canvasOf(width, "ground");
  const over = canvasOf(width, "over");
  const paint = fills.painter(model.data.patterns, true);
  requestAnimationFrame(() => {
    const shown = iso === scene.date ? scene : viewsPart.scene(model, viewsPart.possible(model, { ...state, date: iso }));
    paths.forEach((path, one) => {
      context.fillStyle = paint(shown.of[one]);
      context.fill(path, "evenodd");
    });
  });
  const at = (event) => {
    const box = over.canvas.getBoundingClientRect();
    const [x, y] = [(event.clientX - box.left) * (over.canvas.width / box.width), (event.clientY - box.top) * (over.canvas.height / box.height)];
    return paths.findIndex((path) => over.context.isPointInPath(path, x, y, "evenodd"));
  };
  over.canvas.addEventListener("mousemove", (event) => {
    const district = at(event);
    act.light(district < 0 ? [] : [district]);
  });
  over.canvas.addEventListener("mouseleave", () => act.light([]));
  const button = element("button", { type: "button", class: "small-map", "aria-pressed": String(iso === scene.date), "data-date": iso }, [
    element("span", { class: "sheets" }, [canvas, over.canvas]), element("span", { text: date(iso) })]);
  button.addEventListener("click", () => act.choose({ date: iso }));
  const light = (members) => {
    over.context.clearRect(0, 0, width, high);
    for (const [style, thick] of [["#ffffff", 3.5], ["#16242e", 1.8]]) {
      over.context.strokeStyle = style;
      over.context.lineWidth = thick;
      members.forEach((one) => over.context.stroke(paths[one]));
    }
  };
  return { button, light };
}

function multiples(model, scene, act, state) {
  if (scene.dates.length < 2 || model.size * scene.dates.length > most) return null;
  const maps = scene.dates.map((iso) => small(model, scene, state, iso, act));
  const node = element("section", { class: "figure" }, [element("h3", { text: text("charts.multiples") }),
    element("div", { class: "small-maps" }, maps.map(({ button }) => button)),
    element("p", { class: "plain", text: text("charts.multiples.note") })]);
  return { node, light: (members) => maps.forEach((map) => map.light(members)) };
}

export { multiples };
