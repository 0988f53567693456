// Layers that somebody added to the map: drawn over the districts, each with its entry and switch in the legend.
import { layersOf } from "../views/programme.js";
import { byId, drawing, element, number, text } from "../core/words.js";

const plainLook = { color: "#0b5a7a", weight: 2.5, opacity: 1, fillOpacity: 0.25 };

const kindOf = ({ geometry }) => geometry.type.replace("Multi", "");

function swatch(layer) {
  const [first] = layer.features;
  const look = { ...plainLook, ...layer.looks[first.look] };
  const box = { class: "swatch added", viewBox: "0 0 24 16", "aria-hidden": "true" };
  const line = { stroke: look.color, "stroke-width": Math.min(look.weight, 4), "stroke-opacity": look.opacity };
  const fill = { fill: look.fillColor || look.color, "fill-opacity": look.fillOpacity };
  const shapes = {
    Point: () => drawing("circle", { cx: 12, cy: 8, r: Math.min(look.radius || 6, 7), ...line, ...fill }),
    LineString: () => drawing("path", { d: "M2,12L9,5L15,10L22,4", ...line, fill: "none", ...(look.dashArray ? { "stroke-dasharray": look.dashArray } : {}) }),
  };
  const make = shapes[kindOf(first)] || (() => drawing("rect", { x: 2, y: 2, width: 20, height: 12, ...line, ...fill }));
  return drawing("svg", box, [make()]);
}

function drawn(layer, renderer, tell) {
  const group = L.featureGroup();
  for (const feature of layer.features) {
    const look = { ...plainLook, ...layer.looks[feature.look], pane: "added", renderer };
    // Areas are pointed at along their line only, so that the districts under them can still be chosen.
    const kind = kindOf(feature);
    const className = `added-${kind.toLowerCase()}`;
    const interactive = Boolean(feature.tip);
    const options = { ...look, className, interactive, bubblingMouseEvents: false, ...(kind === "LineString" ? { fill: false } : {}) };
    const made = L.geoJSON(feature.geometry, { ...options, style: () => options, 
      pointToLayer: (_, place) => (look.metres ? L.circle(place, { ...options, radius: look.metres }) : L.circleMarker(place, options)) });
    if (interactive) {
      made.on("mouseover mousemove", (event) => tell(feature.tip, event.containerPoint));
      made.on("mouseout", () => tell("", null));
    }
    made.addTo(group);
  }
  return group;
}

// Every layer by the name under which the address knows it; of two of one name the second is told apart.
function known(model) {
  if (model.layers) return model.layers;
  const seen = new Map();
  model.layers = [...model.data.layers, ...layersOf(model)].map((layer) => {
    const count = (seen.get(layer.name) || 0) + 1;
    seen.set(layer.name, count);
    return { ...layer, id: count > 1 ? `${layer.name} (${count})` : layer.name };
  });
  return model.layers;
}

const first = (model) => known(model).filter(({ shown }) => shown).map(({ id }) => id);

// Which layers are switched on: those that the address or the reader wants, else those that were on from the start.
function settle(model, wanted) {
  if (wanted === undefined || wanted === null) return first(model);
  const names = Array.isArray(wanted) ? wanted : wanted.split(",").map(decoded);
  return known(model).map(({ id }) => id).filter((id) => names.includes(id));
}

function told(model, names) {
  return names.join("\n") === first(model).join("\n") ? {} : { layers: names.map(encodeURIComponent).join(",") };
}

function decoded(name) {
  try {
    return decodeURIComponent(name);
  } catch {
    return "";
  }
}

// A second map shows what is switched on for the first one.
function create(map, model, tell, act, second) {
  const layers = known(model);
  if (!layers.length) return { show() {}, shown: () => [] };
  map.createPane("added").style.zIndex = 445;
  const renderer = L.svg({ pane: "added", padding: 0.5 });
  const groups = layers.map((layer) => drawn(layer, renderer, tell));
  if (!second) list(layers, act);
  let on = [];
  return {
    show(names) {
      on = layers.filter(({ id }) => names.includes(id));
      layers.forEach((layer, at) => {
        if (on.includes(layer)) groups[at].addTo(map);
        else groups[at].remove();
        byId(`layer-${at}`).checked = on.includes(layer);
      });
    },
    shown: () => on,
  };
}

// A list of many layers that are all switched off waits behind its head.
const few = 2;

function list(layers, act) {
  const box = byId("legend-layers");
  box.hidden = false;
  box.open = layers.length <= few || layers.some(({ id }) => act.wantedLayers().includes(id));
  box.querySelector("[data-head]").textContent = `${text("legend.layers")} (${number(layers.length)})`;
  const checks = layers.map((_, at) => element("input", { type: "checkbox", id: `layer-${at}` }));
  const wanted = () => layers.filter((_, at) => checks[at].checked).map(({ id }) => id);
  box.querySelector("tbody").replaceChildren(...layers.map((layer, at) => {
    const check = checks[at];
    check.addEventListener("change", () => act.choose({ layers: wanted() }));
    return element("tr", {}, [
      element("td", { class: "box" }, [swatch(layer)]),
      element("th", { scope: "row" }, [element("label", {}, [check, element("span", { text: layer.name })])]),
      element("td", { class: "number", text: number(layer.features.length) }),
    ]);
  }));
}

export { create, settle, told, swatch };
