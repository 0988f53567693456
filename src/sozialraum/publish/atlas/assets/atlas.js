// Puts the parts together: one state, kept in the page's address, shown by all parts.
import * as boardPart from "./parts/board.js";
import * as controlsPart from "./parts/controls.js";
import * as fills from "./core/fills.js";
import * as layersPart from "./ground/layers.js";
import * as language from "./core/language.js";
import * as legendPart from "./parts/legend.js";
import * as listPart from "./parts/list.js";
import * as mapPart from "./parts/map.js";
import * as models from "./core/model.js";
import * as panelPart from "./parts/panel.js";
import * as readingPart from "./parts/reading.js";
import * as secondPart from "./parts/second.js";
import * as sidePart from "./parts/side.js";
import * as toolsPart from "./parts/tools.js";
import * as viewsPart from "./views/views.js";
import * as words from "./core/words.js";
import { largest } from "./answers/groups.js";
import { byId, one } from "./core/words.js";
import { create } from "./parts/map.js";

/** @returns {Record<string, any>} */
function fromAddress(model) {
  const wanted = new URLSearchParams(window.location.hash.slice(1));
  const told = Object.fromEntries(wanted);
  return { ...told, edges: told.edges === "1", district: model.place(wanted.get("district")) };
}

function addressOf(model, { tab, ...state }) {
  const found = { indicator: state.indicator, date: state.wish || state.date, view: state.view };
  if (tab !== "single" && state.group && state.group !== "all") found.group = state.group;
  if (state.view === "status" && state.base !== "relative") found.base = state.base;
  if (state.view === "robustness" && state.against !== "resamples") found.against = state.against;
  if (state.view === "change" && state.since) found.since = state.since;
  if (tab === "single" && state.edges) found.edges = 1;
  if (tab === "single" && state.classes && state.classes !== model.indicators.get(state.indicator).schemes[0].id) found.classes = state.classes;
  if (state.view === "pair") found.with = state.with;
  if (state.view === "smoothed" && state.towards !== "city") found.towards = state.towards;
  Object.assign(found, sidePart.told(model, state), layersPart.told(model, state.layers), state.beside ? { beside: state.beside } : {});
  if (state.district >= 0) found.district = model.data.districts.keys[state.district];
  if (model.data.language !== model.data.first) found.lang = model.data.language;
  return `#${new URLSearchParams(found)}`;
}

// Choosing a view, an indicator or a district can be taken back with the browser's button; walking through the
// dates is one step. A page inside a notebook has no address of its own.
function toAddress(model, state, before) {
  if (window.location.protocol === "about:") return;
  const hash = addressOf(model, state);
  if (hash === window.location.hash) return;
  const step = before && ["view", "indicator", "district", "group", "side"].some((name) => before[name] !== state[name]);
  window.history[step ? "pushState" : "replaceState"](null, "", hash);
}

// Where what the headline counts lies together, it says so.
const told = { status: "status", attention: "attention", clusters: "high" };
const together = (model, scene) => (scene.view in told ? largest(model, scene, told[scene.view]) : "");

const choices = ["indicator", "date", "view", "group", "base", "against", "edges", "since", "classes", "towards", "with"];

function start(map) {
  const data = JSON.parse(byId("sozialraum-data").textContent);
  language.settle(data, new URLSearchParams(window.location.hash.slice(1)).get("lang"));
  words.use(data);
  language.tell(data);
  fills.define(data.patterns);
  const model = models.create(data);
  // On a phone the legend is a strip that opens.
  if (window.innerWidth <= 900) byId("legend").open = false;
  let state = null;
  let parts = null;
  let scene = null;

  function show(wanted, keep = true) {
    const before = state;
    const found = { ...viewsPart.possible(model, wanted), ...sidePart.settle(model, wanted),
      layers: layersPart.settle(model, wanted.layers) };
    const other = !before || choices.some((name) => found[name] !== before[name]);
    // Choosing a district changes nothing of what the map shows.
    scene = other ? viewsPart.scene(model, found) : { ...scene, district: found.district };
    state = { ...found, beside: secondPart.settle(scene, found, wanted.beside) };
    if (other) [parts.controls, parts.list, parts.reading].forEach((part) => part.show(scene));
    if (other) legendPart.show(model, { ...scene, more: together(model, scene) });
    parts.panel.show(scene);
    parts.side.show(scene, state);
    parts.map.show(scene);
    parts.map.added.show(state.layers);
    parts.second.show(scene, state);
    parts.tools.show(scene);
    if (keep) toAddress(model, { ...state, tab: scene.tab }, before);
  }

  function choose(change) {
    show({ ...state, date: state.wish, ...change });
    if (change.district >= 0) parts.panel.focus();
  }

  function back() {
    const { district } = state;
    show({ ...state, date: state.wish, district: -1 });
    if (parts.side.answer()) parts.side.focus();
    else parts.list.focus(district);
  }

  // What is pointed at in one part lights up in all.
  function light(members) {
    for (const part of [parts.map, parts.second, parts.list, parts.side]) part.light(members);
  }

  // Into the comparison or out of it; the fifth takes the place of the first.
  function compare(district) {
    const others = state.compare.filter((one) => one !== district);
    const wanted = others.length < state.compare.length ? others : [...others, district].slice(-4);
    show({ ...state, date: state.wish, compare: wanted });
    byId("panel-compare").focus();
  }

  const board = boardPart.create(model);
  const act = { board, choose, back, light, compare, shown: () => parts.list.shown(), layers: () => parts.map.added.shown(),
    wantedLayers: () => layersPart.settle(model, fromAddress(model).layers),
    state: () => state, fit: () => parts.map.fit(),
    label: (groups) => parts.map.label(groups) };
  parts = {
    controls: controlsPart.create(model, act),
    map: mapPart.draw(map, model, act),
    second: secondPart.create(map, model, act),
    side: sidePart.create(model, act),
    list: listPart.create(model, act),
    panel: panelPart.create(model, act),
    reading: readingPart.create(model),
    tools: toolsPart.create(model, act),
  };
  // Map and column fill what the head leaves of the window, however high its banners and rows are.
  const main = one("main");
  const head = () => document.body.style.setProperty("--head", `${main.offsetTop}px`);
  new ResizeObserver(head).observe(one(".top"));
  show(fromAddress(model));
  head();
  parts.map.fit();
  document.addEventListener("keydown", (event) => event.key === "Escape" && state.district >= 0 && back());
  one("[data-skip]").addEventListener("click", (event) => {
    event.preventDefault();
    if (state.district >= 0) back();
    else byId("districts-search").focus();
  });
  const again = () => show(fromAddress(model), false);
  window.addEventListener("popstate", again);
  window.addEventListener("hashchange", again);
  document.body.classList.add("ready");
}

export { start, create };
