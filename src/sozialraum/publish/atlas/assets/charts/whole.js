// Two more drawings of the district panel: its classes over the years, and its classes among all variants.
import * as fills from "../core/fills.js";
import { baseYear, label, look, word } from "../views/verdicts.js";
import { drawing, element, number, text } from "../core/words.js";

const wide = 300;

const fill = (entry) => entry.colour || fills.address(entry.pattern);

function picture(height, told, children) {
  const box = { class: "chart", viewBox: `0 0 ${wide} ${height}`, role: "img", "aria-label": told };
  return drawing("svg", box, children);
}

// One box per date; the chosen date has a frame.
function strip(model, scene, kind, name, caption) {
  const step = wide / scene.course.length;
  const found = scene.course.map((slice) => word(model, kind, slice[name], scene.district));
  const boxes = found.map((state, place) => drawing("rect", {
    x: place * step + 1, y: 1, width: step - 2, height: 14, rx: 1.5, fill: fill(look(model, kind, state)),
    class: scene.course[place].date === scene.date ? "year now" : "year",
  }));
  const told = found.map((state, place) => `${scene.course[place].date.slice(0, 4)}: ${label(kind, state)}`).join("; ");
  return [element("p", { class: "plain strip-name", text: caption }), picture(16, `${caption}. ${told}`, boxes)];
}

function years(model, scene) {
  if (scene.course.length < 2) return null;
  const year = baseYear(model, scene.group);
  const ends = [scene.course[0], scene.course[scene.course.length - 1]].map(({ date }) => date.slice(0, 4));
  return element("div", { class: "years" }, [
    element("h3", { text: text("panel.years") }),
    ...strip(model, scene, "status", "status", text("panel.years_relative")),
    ...strip(model, scene, "status", "fixedStatus", text("panel.years_fixed", { year })),
    ...strip(model, scene, "dynamic", "dynamic", text("panel.years_dynamic")),
    element("p", { class: "ends plain" }, ends.map((told) => element("span", { text: told }))),
  ]);
}

function classShares(model, district) {
  const { variants, words } = model.assessment;
  const parts = words.status.map((name, place) => ({ name, count: (variants.classes[place] || [])[district] || 0 }))
    .filter(({ count }) => count);
  let left = 0;
  const bars = parts.map(({ name, count }) => {
    const width = (wide * count) / variants.count;
    const bar = drawing("rect", { x: left, y: 1, width, height: 16, class: "year", fill: fill(look(model, "status", name)) });
    left += width;
    return bar;
  });
  const told = parts.map(({ name, count }) => `${label("status", name)} ${number(count)}`);
  const keys = parts.map(({ name }, place) => element("span", {}, [
    fills.swatch(look(model, "status", name)), element("span", { text: told[place] })]));
  return element("div", {}, [
    picture(18, text("panel.variants_bar", { count: number(variants.count), told: told.join(", ") }), bars),
    element("p", { class: "keys boxes" }, keys),
  ]);
}

export { years, classShares };
