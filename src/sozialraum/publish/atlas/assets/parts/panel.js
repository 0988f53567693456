// Everything about one district.
import * as charts from "../charts/single.js";
import * as fills from "../core/fills.js";
import * as models from "../core/model.js";
import * as panelWhole from "./panel_whole.js";
import * as words from "../core/words.js";
import { block, fact, titled } from "./blocks.js";
import { districtBlock } from "../answers/programme.js";
import { verdictLimits } from "../answers/why.js";
import { label, look, none, pick, reason, why, word } from "../views/verdicts.js";
import { difference, amount, byId, count, date, element, number, probability, range, text } from "../core/words.js";


function head(model, district, act) {
  const { board } = act;
  const compared = act.state().compare.includes(district);
  const { names, keys } = model.data.districts;
  const where = [...model.parents(district), text("panel.key", { key: keys[district] })].join(" · ");
  return [
    element("button", { type: "button", id: "panel-back", class: "back", text: `← ${text("panel.back")}` }),
    element("h2", { id: "panel-name", tabindex: -1, text: names[district] }),
    element("p", { class: "where", text: where }),
    element("p", { class: "panel-jobs" }, [
      element("button", { type: "button", id: "panel-board", class: "link", text: text(board.has(district) ? "board.take" : "board.put") }),
      element("button", { type: "button", id: "panel-compare", class: "link", text: text(compared ? "compare.leave" : "compare.put") })]),
  ];
}

function countsTold(cell, indicator) {
  if (cell.numerator === null && cell.denominator === null) return null;
  const key = indicator.kind === "share" ? "panel.of" : "panel.per";
  return text(key, { numerator: count(cell.numerator), denominator: count(cell.denominator) });
}

// The limits stand beside the value: what would have been conspicuous.
function limitFacts(indicator, slice) {
  const limits = slice.verdicts ? verdictLimits(indicator, slice) : null;
  if (!limits) return [];
  return ["worse", "better"].filter((side) => limits[side] !== null).map((side) => {
    const up = (side === "worse") !== (indicator.polarity === "resource");
    return fact(text(`why.${side}`), text(up ? "why.from_above" : "why.from_below", { limit: amount(limits[side], indicator) }));
  });
}

function facts(model, scene, cell) {
  const { indicator, slice, district } = scene;
  const found = [];
  const counts = countsTold(cell, indicator);
  if (cell.value !== null && cell.lower !== null && cell.upper !== null) {
    found.push(fact(text("panel.interval"), range(cell.lower, cell.upper, indicator)));
  }
  if (counts) found.push(fact(text("panel.counts"), counts));
  found.push(...limitFacts(indicator, slice));
  const city = slice.city || {};
  const cityLabel = models.cityLabel(model, slice);
  if (typeof city.value === "number") found.push(fact(cityLabel, amount(city.value, indicator)));
  if (typeof city.median === "number") found.push(fact(text("panel.median"), amount(city.median, indicator)));
  // Ranks are for internal use: in public they would make a league table.
  if (cell.value !== null && model.data.internal) {
    const { rank, count: all } = models.rank(model, slice, district);
    found.push(fact(text("panel.rank"), text("panel.rank_of", { rank: number(rank), count: number(all) })));
  }
  return element("dl", { class: "facts" }, found.flat());
}

function valueBlock(model, scene, cell) {
  const { indicator } = scene;
  const told = cell.value === null ? text(`flag.${cell.flag}`) : amount(cell.value, indicator);
  const parts = [
    element("p", { class: "what", text: `${indicator.label}, ${date(scene.date, indicator)}` }),
    element("p", { class: cell.value === null ? "big none" : "big", text: told }),
  ];
  if (words.has(`why.${cell.flag}`)) parts.push(element("p", { class: "warn", text: text(`why.${cell.flag}`) }));
  if (!model.data.districts.shapes[scene.district]) parts.push(element("p", { class: "warn", text: text("panel.no_area") }));
  if (cell.value !== null) parts.push(charts.strip(model, scene, scene.district));
  parts.push(facts(model, scene, cell));
  if (indicator.published) parts.push(element("p", { class: "plain", text: text("panel.published") }));
  return block(parts);
}

// What only those want to read who check the test itself.
function numbers(told) {
  return element("details", { class: "numbers" }, [
    element("summary", { text: text("panel.numbers") }), element("dl", { class: "facts" }, told.flat()),
  ]);
}

function clusterBlock(model, scene, cell) {
  if (!scene.slice.clusters) return null;
  const alpha = model.data.statistics.alpha;
  const entry = { colour: model.data.clusterColours[cell.label], pattern: cell.label };
  const parts = [
    element("h3", { text: text("panel.cluster") }), titled(entry, text(`cluster.${cell.label}`)),
    element("p", { text: text(`cluster.${cell.label}.why`) }),
  ];
  if (cell.p !== null) {
    const told = [fact(text("panel.p"), probability(cell.p, alpha))];
    if (cell.pAdjusted !== null) told.push(fact(text("panel.p_adjusted"), probability(cell.pAdjusted, alpha)));
    parts.push(numbers(told));
  }
  return block(parts);
}

function distanceTold(model, value) {
  const unit = (model.declared.verdict || {}).unit || "sd";
  const signed = unit === "ratio" || value < 0 ? number(value, 2) : `+${number(value, 2)}`;
  return fact(text(`panel.distance.${unit}`), text(`panel.distance.${unit}.told`, { value: signed }));
}

function verdictBlock(model, scene) {
  const { slice, district } = scene;
  if (!slice.verdicts) return null;
  const found = word(model, "verdict", slice.verdicts, district);
  const [distance, p, adjusted] = ["distance", "verdictP", "verdictPAdjusted"].map((name) => pick(slice[name], district));
  const alpha = (model.declared.verdict || {}).alpha || 0.05;
  const told = [];
  if (p !== null) told.push(fact(text("panel.p"), probability(p, alpha)));
  if (adjusted !== null) told.push(fact(text("panel.p_adjusted"), probability(adjusted, alpha)));
  return block([
    element("h3", { text: text("panel.verdict") }), titled(look(model, "verdict", found), label("verdict", found)),
    element("p", { text: why(model, scene.indicator, slice, district) }),
    distance !== null ? element("dl", { class: "facts" }, distanceTold(model, distance)) : null,
    told.length ? numbers(told) : null,
  ]);
}

function edgesBlock(model, scene) {
  const { indicator, slice, district } = scene;
  const ours = (slice.edges || []).filter(([first, second]) => first === district || second === district);
  if (!ours.length) return null;
  const sentences = ours.map(([first, second, jump]) => {
    const more = first === district ? jump : -jump;
    const name = model.data.districts.names[first === district ? second : first];
    return text(more > 0 ? "panel.edges.above" : "panel.edges.below", { difference: difference(Math.abs(more), indicator), name });
  });
  return block([
    element("h3", { text: text("panel.edges") }),
    element("ul", { class: "plain-list" }, sentences.map((told) => element("li", { text: told }))),
  ]);
}

function key(kind, told) {
  return element("span", { class: `key ${kind}`, text: told });
}

function seriesBlock(model, scene) {
  if (scene.indicator.slices.length < 2) return null;
  const series = charts.series(model, scene, scene.district);
  if (!series) return null;
  const keys = [key("course", text("panel.series_this")),
    key("reference", text(series.hasCity ? "panel.series_city" : "panel.series_median"))];
  if (series.hasBand) keys.push(key("band", text("panel.series_band")));
  if (series.hasGap) keys.push(key("gap", text("panel.series_gap")));
  const unit = scene.indicator.unit ? ` (${scene.indicator.unit})` : "";
  return block([element("h3", { text: text("panel.series") + unit }), series.drawn, element("p", { class: "keys" }, keys)]);
}

// The slice of another indicator that is told beside this date: the same date, else the last before it.
function beside(indicator, wanted) {
  const earlier = indicator.slices.filter((slice) => slice.date <= wanted);
  return earlier[earlier.length - 1];
}

// Where only ready-made shares exist, the city has no rate of its own, but its districts have a median.
const hasRates = (model) => Array.from(model.indicators.values()).some((indicator) =>
  indicator.slices.some((slice) => slice.city && typeof slice.city.value === "number"));

function verdictMark(model, slice, district, cell) {
  const found = word(model, "verdict", slice.verdicts, district);
  const cause = reason(model, "verdict", slice.verdictReasons, district);
  // A context indicator is never judged, which is not the same as too few cases.
  if (cause.id === "context") {
    return element("td", { class: "mark-cell", title: cause.label }, [element("span", { class: "visually-hidden", text: cause.label })]);
  }
  const empty = cell.value === null && cell.flag in model.data.patterns;
  const entry = found === none && empty ? { pattern: cell.flag } : look(model, "verdict", found);
  return element("td", { class: "mark-cell", title: label("verdict", found) }, [
    fills.swatch(entry), element("span", { class: "visually-hidden", text: label("verdict", found) }),
  ]);
}

// What the little boxes before the indicators mean.
function verdictKeys(model) {
  return element("p", { class: "keys boxes" }, model.assessment.words.verdict.map((name) =>
    element("span", {}, [fills.swatch(look(model, "verdict", name)), element("span", { text: label("verdict", name) })])));
}

// A long unit may stand below its number: the name beside it needs the room more.
const slim = (told) => (told.length > 12 ? told.replaceAll("\u00a0", " ") : told);

function otherRow(model, indicator, scene, reference) {
  const slice = beside(indicator, scene.date);
  if (!slice) return null;
  const cell = models.cell(model, slice, scene.district);
  const city = slice.city ? slice.city[reference] : null;
  const told = cell.value === null ? text(`flag.${cell.flag}`) : amount(cell.value, indicator);
  const stamp = slice.date === scene.date ? "" : ` (${date(slice.date, indicator)})`;
  const name = element("button", { type: "button", class: "link", "data-indicator": indicator.id,
    "data-date": slice.date, text: indicator.label + stamp });
  return element("tr", indicator === scene.indicator ? { "aria-current": "true" } : {}, [
    model.assessment ? verdictMark(model, slice, scene.district, cell) : null,
    element("th", { scope: "row" }, [name]),
    element("td", { class: cell.value === null ? "number none" : "number", text: slim(told) }),
    element("td", { class: "number", text: slim(amount(city, indicator)) }),
  ]);
}

function othersBlock(model, scene) {
  if (model.indicators.size < 2) return null;
  const reference = hasRates(model) ? "value" : "median";
  const rows = Array.from(model.indicators.values(), (indicator) => otherRow(model, indicator, scene, reference));
  const heading = element("tr", {}, [
    model.assessment ? element("th", { scope: "col" }, [
      element("span", { class: "visually-hidden", text: text("control.verdict") })]) : null,
    element("th", { scope: "col", text: text("control.indicator") }),
    element("th", { scope: "col", class: "number", text: text("panel.all_district") }),
    element("th", { scope: "col", class: "number", text: text(`panel.all_${reference}`) }),
  ]);
  return block([
    element("h3", { text: text("panel.all") }),
    element("table", { class: "others" }, [
      element("thead", {}, [heading]), element("tbody", {}, rows.filter(Boolean)),
    ]),
    model.assessment ? verdictKeys(model) : null,
  ]);
}

function singleBlocks(model, scene) {
  const cell = models.cell(model, scene.slice, scene.district);
  const [verdict, cluster] = [verdictBlock(model, scene), clusterBlock(model, scene, cell)];
  const compared = scene.view === "clusters" ? [cluster, verdict] : [verdict, cluster];
  return [valueBlock(model, scene, cell), ...compared, edgesBlock(model, scene), seriesBlock(model, scene)];
}

// From the whole picture a click on an indicator leads to its values.
const single = (scene) => (scene.tab === "single" ? scene.view : "values");

function create(model, act) {
  const panel = byId("panel");
  const list = byId("districts-list");
  let scene = null;
  panel.addEventListener("click", (event) => {
    if (event.target.closest("#panel-back")) act.back();
    if (event.target.closest("#panel-board")) {
      act.board.turn(scene.district);
      event.target.textContent = text(act.board.has(scene.district) ? "board.take" : "board.put");
    }
    if (event.target.closest("#panel-compare")) act.compare(scene.district);
    const other = event.target.closest("[data-indicator]");
    if (other) act.choose({ indicator: other.dataset.indicator, date: other.dataset.date, view: single(scene) });
  });
  return {
    show(next) {
      scene = next;
      const open = scene.district >= 0;
      panel.hidden = !open;
      if (open) list.hidden = true;
      byId("side").classList.toggle("open", open);
      if (!open) { panel.replaceChildren(); return; }
      const done = districtBlock(model, scene.district);
      const blocks = { single: singleBlocks, whole: panelWhole.blocks, programme: () => [done] };
      const own = [...blocks[scene.tab](model, scene), scene.tab === "programme" ? null : done];
      panel.replaceChildren(...[...head(model, scene.district, act), ...own, othersBlock(model, scene)].filter(Boolean));
    },
    focus() {
      byId("side").scrollTop = 0;
      byId("panel-name").focus({ preventScroll: true });
    },
  };
}

export { create };
