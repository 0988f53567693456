// Puts the parts together: one state, kept in the page's address, shown by all parts.
import * as controlsPart from "./parts/controls.js";
import * as fills from "./core/fills.js";
import * as legendPart from "./parts/legend.js";
import * as listPart from "./parts/list.js";
import * as mapPart from "./parts/map.js";
import * as models from "./core/model.js";
import * as panelPart from "./parts/panel.js";
import * as readingPart from "./parts/reading.js";
import * as viewsPart from "./views/views.js";
import { byId } from "./core/words.js";
import * as words from "./core/words.js";
import { create } from "./parts/map.js";


function fromAddress(model) {
  const wanted = new URLSearchParams(window.location.hash.slice(1));
  const told = Object.fromEntries(wanted);
  return { ...told, edges: told.edges === "1", district: model.place(wanted.get("district")) };
}

// A page inside a notebook has no address of its own.
function toAddress(model, { tab, ...state }) {
  if (window.location.protocol === "about:") return;
  const told = { indicator: state.indicator, date: state.date, view: state.view };
  if (tab === "whole" && state.group !== "all") told.group = state.group;
  if (state.view === "status" && state.base !== "relative") told.base = state.base;
  if (state.view === "robustness" && state.against !== "resamples") told.against = state.against;
  if (tab === "single" && state.edges) told.edges = 1;
  if (state.district >= 0) told.district = model.data.districts.keys[state.district];
  const hash = `#${new URLSearchParams(told)}`;
  if (hash !== window.location.hash) window.history.replaceState(null, "", hash);
}

const choices = ["indicator", "date", "view", "group", "base", "against", "edges"];

function start(map) {
  const data = JSON.parse(byId("sozialraum-data").textContent);
  words.use(data);
  fills.define(data.patterns);
  const model = models.create(data);
  let state = null;
  let parts = null;

  function show(wanted) {
    const before = state;
    state = viewsPart.possible(model, wanted);
    const scene = viewsPart.scene(model, state);
    const other = !before || choices.some((name) => state[name] !== before[name]);
    if (other) [parts.controls, parts.list, parts.reading].forEach((part) => part.show(scene));
    legendPart.show(model, scene);
    parts.panel.show(scene);
    parts.map.show(scene);
    toAddress(model, { ...state, tab: scene.tab });
  }

  function choose(change) {
    show({ ...state, ...change });
    if (change.district >= 0) parts.panel.focus();
  }

  function back() {
    const { district } = state;
    show({ ...state, district: -1 });
    parts.list.focus(district);
  }

  const act = { choose, back, point: (district) => parts.map.point(district) };
  parts = {
    controls: controlsPart.create(model, act),
    map: mapPart.draw(map, model, act),
    list: listPart.create(model, act),
    panel: panelPart.create(model, act),
    reading: readingPart.create(model),
  };
  show(fromAddress(model));
  document.addEventListener("keydown", (event) => event.key === "Escape" && state.district >= 0 && back());
  document.querySelector("[data-skip]").addEventListener("click", (event) => {
    event.preventDefault();
    if (state.district >= 0) back();
    else byId("districts-search").focus();
  });
  window.addEventListener("hashchange", () => show(fromAddress(model)));
  document.body.classList.add("ready");
}

export { start, create };
