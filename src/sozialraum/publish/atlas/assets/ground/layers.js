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

// A second map shows what is switched on for the first one.
function create(map, model, tell, second) {
  const layers = [...model.data.layers, ...layersOf(model)];
  if (!layers.length) return { shown: () => [] };
  map.createPane("added").style.zIndex = 445;
  const renderer = L.svg({ pane: "added", padding: 0.5 });
  const groups = layers.map((layer) => drawn(layer, renderer, tell));
  if (!second) list(layers);
  layers.forEach((_, at) => {
    const check = byId(`layer-${at}`);
    const show = () => (check.checked ? groups[at].addTo(map) : groups[at].remove());
    check.addEventListener("change", show);
    map.on("unload", () => check.removeEventListener("change", show));
    show();
  });
  return { shown: () => layers.filter((_, at) => byId(`layer-${at}`).checked) };
}

function list(layers) {
  const table = byId("legend-layers");
  table.hidden = false;
  table.querySelector("[data-head]").textContent = text("legend.layers");
  table.querySelector("tbody").replaceChildren(...layers.map((layer, at) => {
    const check = element("input", { type: "checkbox", id: `layer-${at}` });
    check.checked = layer.shown;
    return element("tr", {}, [
      element("td", { class: "box" }, [swatch(layer)]),
      element("th", { scope: "row" }, [element("label", {}, [check, element("span", { text: layer.name })])]),
      element("td", { class: "number", text: number(layer.features.length) }),
    ]);
  }));
}

export { create, swatch };
