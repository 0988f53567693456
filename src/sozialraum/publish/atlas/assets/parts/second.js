// A second map beside the first: another date or another indicator; both are moved together.
import * as fills from "../core/fills.js";
import * as mapPart from "./map.js";
import * as viewsPart from "../views/views.js";
import { byId, date, element, number, one, text } from "../core/words.js";

// What stands beside the map, as the address tells it: "date:2012-12-31" or "indicator:sgb2".
function settle(scene, state, wanted) {
  const [kind, ...rest] = String(wanted || "").split(":");
  const value = rest.join(":");
  if (kind === "date" && scene.dates.includes(value) && value !== scene.date) return wanted;
  if (kind === "indicator" && scene.tab === "single" && value !== state.indicator) return wanted;
  return "";
}

function stateOf(state, beside) {
  const kind = beside.split(":")[0];
  const value = beside.slice(kind.length + 1);
  return kind === "date" ? { ...state, date: value, since: undefined } : { ...state, indicator: value };
}

function options(model, scene) {
  const some = (key, found) => (found.length ? element("optgroup", { label: text(key) }, found) : null);
  const dates = scene.dates.filter((iso) => iso !== scene.date).reverse()
    .map((iso) => element("option", { value: `date:${iso}`, text: date(iso) }));
  const indicators = scene.tab !== "single" ? [] : model.data.indicators
    .filter((indicator) => indicator !== scene.indicator && scene.offers(indicator))
    .map((indicator) => element("option", { value: `indicator:${indicator.id}`, text: indicator.label }));
  return [element("option", { value: "", text: text("second.none") }), some("second.date", dates), some("second.indicator", indicators)].filter(Boolean);
}

function legend(scene) {
  const rows = scene.entries.map((entry) => element("li", {}, [fills.swatch(entry),
    element("span", { text: ` ${entry.label} (${number(entry.count)})` })]));
  // Another indicator may count the other way: here, too, is said which end is worse.
  return element("details", { class: "second-legend" }, [element("summary", { text: text("second.legend") }),
    element("p", { class: "plain", text: scene.sentence || "" }), element("ul", {}, rows)]);
}

function together(first, second) {
  let following = false;
  const follow = (leader, other) => () => {
    if (following) return;
    following = true;
    other.setView(leader.getCenter(), leader.getZoom(), { animate: false });
    following = false;
  };
  first.on("move zoomend resize", follow(first, second));
  second.on("move zoomend", follow(second, first));
}

function create(map, model, act) {
  const select = byId("beside");
  const stage = one(".stage");
  const captions = { first: element("p", { class: "map-name first" }), second: element("p", { class: "map-name second" }) };
  let made = null;
  let keys = null;
  captions.first.hidden = true;
  captions.second.hidden = true;
  select.addEventListener("change", () => act.choose({ beside: select.value }));

  function open() {
    const box = element("div", { class: "folium-map beside", id: "second-map" });
    stage.append(box, captions.first, captions.second);
    const own = mapPart.create(box, { ...map.options, center: map.getCenter(), zoom: map.getZoom() });
    made = { box, map: own, drawn: mapPart.draw(own, model, act, { second: true }) };
    together(map, own);
  }

  return {
    show(scene, state) {
      select.replaceChildren(...options(model, scene));
      select.value = state.beside;
      byId("choose-beside").hidden = select.options.length < 2;
      const wanted = Boolean(state.beside);
      if (stage.classList.contains("two") !== wanted) {
        // A map needs its room before it is made.
        stage.classList.toggle("two", wanted);
        if (wanted && !made) open();
        if (made) made.box.hidden = !wanted;
        captions.first.hidden = !wanted;
        captions.second.hidden = !wanted;
        act.fit();
      }
      if (!wanted) {
        if (keys) keys.remove();
        return;
      }
      const other = viewsPart.scene(model, viewsPart.possible(model, stateOf(state, state.beside)));
      captions.first.textContent = scene.subject;
      captions.second.textContent = other.subject;
      if (keys) keys.remove();
      keys = state.beside.startsWith("indicator") ? legend(other) : null;
      if (keys) stage.append(keys);
      made.map.invalidateSize({ animate: false });
      made.map.setView(map.getCenter(), map.getZoom(), { animate: false });
      made.drawn.show(other);
      made.drawn.added.show(state.layers);
    },
    light(members) { if (made && !made.box.hidden) made.drawn.light(members); },
  };
}

export { create, settle };
