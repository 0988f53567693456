// What each colour and pattern means, and how many districts have it.
import * as fills from "../core/fills.js";
import { byId, drawing, element, number, one, text } from "../core/words.js";


function row(entry, swatch, count) {
  const words = [element("span", { class: "entry", text: entry.label })];
  if (entry.detail) words.push(element("span", { class: "detail", text: entry.detail }));
  return element("tr", { "data-entry": entry.id, class: count ? "" : "empty" }, [
    element("td", { class: "box" }, [swatch]),
    element("th", { scope: "row" }, words),
    element("td", { class: "number", text: number(count) }),
  ]);
}

// What lies over the colours is counted apart, because the same districts have a class as well.
function overlays(scene) {
  const unsure = scene.unsure ? scene.of.filter((_, district) => scene.unsure(district)).length : 0;
  const pale = unsure ? [row({ label: text("sure.pale"), detail: scene.unsureTold }, fills.markSwatch("pale"), unsure)] : [];
  return [...pale, ...overlaysOnly(scene)];
}

function overlaysOnly(scene) {
  const rows = scene.marks.map((mark) => row(mark, fills.markSwatch(mark.kind), mark.members.length));
  if (scene.edgesTold === null) return rows;
  const edge = { label: text("mixing.border.sharp"), detail: text("mixing.border.sharp.explain") };
  const wall = { label: text("borders.walls"), detail: text("borders.walls.explain") };
  return [...rows, row(edge, fills.markSwatch("edge"), scene.lines.length),
    ...(scene.view === "borders" ? [row(wall, fills.markSwatch("wall"), scene.walls.length)] : [])];
}

// Two directions at once: need upwards, provision to the right.
function square([both, need, provision, neither]) {
  const cell = (colour, x, y) => drawing("rect", { x, y, width: 34, height: 34, fill: colour, stroke: "#7c868c" });
  const said = (x, y, key, anchor) => drawing("text", { x, y, "text-anchor": anchor, text: text(key) });
  return drawing("svg", { class: "square", viewBox: "-30 0 280 96", role: "img", "aria-label": text("need.square") }, [
    cell(both, 96, 4), cell(need, 132, 4), cell(provision, 96, 40), cell(neither, 132, 40),
    said(90, 26, "need.high", "end"), said(90, 62, "need.low", "end"), said(127, 90, "need.little", "end"), said(133, 90, "need.enough", "start")]);
}

// Three by three: one indicator upwards, the other to the right, in each field how many districts lie there.
function grid({ cells, first, second }, scene) {
  const count = new Map(scene.entries.map((entry) => [entry.id, entry.count]));
  const said = (x, y, key, anchor) => drawing("text", { x, y, "text-anchor": anchor, text: text(`pair.${key}`) });
  const fields = cells.flatMap(({ id, colour, row: down, column }) => [
    drawing("rect", { x: 58 + 44 * column, y: 2 + 34 * down, width: 42, height: 32, fill: colour, stroke: "#7c868c" }),
    drawing("text", { x: 79 + 44 * column, y: 22 + 34 * down, "text-anchor": "middle", class: "count",
      style: `fill:${dark(colour) ? "#ffffff" : "#16242e"}`, text: number(count.get(id) || 0) })]);
  return [element("p", { class: "axis-name", text: `↑ ${first}` }),
    drawing("svg", { class: "square", viewBox: "0 0 200 122", role: "img", "aria-label": text("pair.square", { first, second }) }, [
      ...fields, said(52, 22, "high", "end"), said(52, 90, "low", "end"), said(79, 118, "low", "middle"), said(167, 118, "high", "middle")]),
    element("p", { class: "axis-name", text: `→ ${second}` })];
}

const dark = (colour) => [1, 3, 5].reduce((sum, at, place) => sum + [0.3, 0.59, 0.11][place] * parseInt(colour.slice(at, at + 2), 16), 0) < 130;

function show(model, scene) {
  byId("legend-title").textContent = scene.title;
  byId("legend-colour").textContent = scene.sentence;
  byId("map-headline").replaceChildren(scene.headline,
    ...(scene.more ? [" ", element("span", { class: "more", text: scene.more })] : []));
  byId("legend-unit").textContent = scene.unit;
  one("#legend-table tbody").replaceChildren(
    ...scene.entries.map((entry) => row(entry, fills.swatch(entry), entry.count)));
  byId("legend-square").replaceChildren(...(scene.square ? [square(scene.square)] : []),
    ...(scene.grid ? grid(scene.grid, scene) : []));
  // What the square counts already needs no rows of its own, but for those that are read aloud.
  one("#legend-table").classList.toggle("counted", Boolean(scene.grid));
  byId("legend-total").textContent = number(model.size);
  const over = overlays(scene);
  byId("legend-marks").hidden = !over.length;
  one("#legend-marks tbody").replaceChildren(...over);
  const notes = [...(scene.edgesTold ? [[scene.edgesTold, "claim"]] : []), ...scene.notes];
  byId("legend-notes").replaceChildren(
    ...notes.map(([sentence, kind]) => element("p", { class: kind, text: sentence })));
  byId("map-caption").textContent = scene.caption;
}

export { show };
