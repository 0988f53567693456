// The Leaflet side: districts, borders of larger areas, their names, pointing and choosing.
import * as fills from "../core/fills.js";
import * as marksPart from "./marks.js";
import * as shapesPart from "../core/shapes.js";
import { element, text } from "../core/words.js";

const plainEdge = { light: { color: "#ffffff", weight: 1, opacity: 0.9 },
  grey: { color: "#b3babd", weight: 1, opacity: 0.9 } };
const pointedEdge = { color: "#16242e", weight: 2.5, opacity: 1 };
const mostLabels = 30;
const mostBorders = 2000;

function create(id, options) {
  const made = L.map(id, {
    ...options, zoomSnap: 0.25, zoomDelta: 0.5, wheelPxPerZoomLevel: 120, minZoom: 3, zoomControl: false,
    attributionControl: false, boxZoom: false, zoomAnimation: !reducedMotion(),
  });
  // The panes exist from the start, so that a layer added by others lies between them.
  for (const [name, height] of [["borders", 420], ["marks", 430], ["chosen", 440]]) {
    made.createPane(name).style.zIndex = height;
    made.getPane(name).style.pointerEvents = "none";
  }
  return made;
}

const reducedMotion = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

function projector({ digits, origin }) {
  const unit = 10 ** digits;
  return ([x, y]) => [(y + origin[1]) / unit, (x + origin[0]) / unit];
}

function drawDistricts(shapes, place, withTiles) {
  return shapes.map((polygons, district) => {
    if (!polygons.length) return null;
    const where = polygons.map((polygon) => polygon.map((ring) => ring.map(place)));
    const options = { ...plainEdge.light, fillOpacity: withTiles ? 0.75 : 1, smoothFactor: 0.5, district };
    return L.polygon(where, options);
  });
}

function drawBorders(map, shapes, place, level) {
  const pairs = shapesPart.borders(shapes, level.codes).map((pair) => pair.map(place));
  const renderer = L.svg({ pane: "borders", padding: 0.5 });
  L.polyline(pairs, { pane: "borders", renderer, color: "#3a4650", weight: 1.6, opacity: 0.8, interactive: false,
    smoothFactor: 0, noClip: true }).addTo(map);
}

function nameAreas(map, layers, level) {
  const names = level.names.map((name, code) => {
    const members = layers.filter((layer, district) => layer && level.codes[district] === code);
    return members.length ? { name, members, label: element("span", { text: name }) } : null;
  }).filter(Boolean).sort((a, b) => b.members.length - a.members.length);
  for (const { members, label } of names) {
    const icon = L.divIcon({ className: "area-name", html: label, iconSize: null });
    L.marker(middle(members), { icon, interactive: false, keyboard: false }).addTo(map);
  }
  const labels = names.map(({ label }) => label);
  map.on("zoomend resize", () => unclutter(labels));
  unclutter(labels);
}

// A name that would lie on the name of a larger area waits until the reader zooms in.
function unclutter(labels) {
  const taken = [];
  for (const label of labels) {
    const box = label.getBoundingClientRect();
    const free = taken.every((other) => box.right < other.left || box.left > other.right
      || box.bottom < other.top || box.top > other.bottom);
    label.style.visibility = free ? "visible" : "hidden";
    if (free) taken.push(box);
  }
}

// The middle of the largest member nearest to the middle of all: inside, unlike a box's middle.
function middle(members) {
  const whole = L.featureGroup(members).getBounds().getCenter();
  const near = (layer) => layer.getBounds().getCenter().distanceTo(whole);
  return members.reduce((best, layer) => (near(layer) < near(best) ? layer : best)).getBounds().getCenter();
}

function controls(map, bounds, withTiles) {
  L.control.zoom({ zoomInTitle: text("map.zoom_in"), zoomOutTitle: text("map.zoom_out") }).addTo(map);
  const Whole = L.Control.extend({
    options: { position: "topleft" },
    onAdd() {
      const button = element("button", { type: "button", class: "whole", title: text("map.whole"),
        "aria-label": text("map.whole"), text: "⤢" });
      const bar = element("div", { class: "leaflet-bar" }, [button]);
      L.DomEvent.disableClickPropagation(bar);
      button.addEventListener("click", () => fit(map, bounds));
      return bar;
    },
  });
  new Whole().addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  if (withTiles) L.control.attribution({ prefix: false }).addTo(map);
}

function fit(map, bounds) {
  map.fitBounds(bounds, { padding: [12, 12], animate: false });
}

function tip(model, layer, scene) {
  const { district } = layer.options;
  return element("div", {}, [
    element("strong", { text: model.data.districts.names[district] }),
    element("div", { text: scene.tip(district) }),
  ]);
}

function draw(map, model, act) {
  const { districts, patterns } = model.data;
  const [west, south, east, north] = districts.bounds;
  const bounds = L.latLngBounds([south, west], [north, east]);
  const withTiles = document.querySelector(".leaflet-tile-pane .leaflet-layer") !== null;
  map.getContainer().setAttribute("role", "region");
  map.getContainer().setAttribute("aria-label", text("map"));
  fit(map, bounds);
  controls(map, bounds, withTiles);
  const place = projector(districts);
  const shapes = districts.shapes.map(shapesPart.unpack);
  const layers = drawDistricts(shapes, place, withTiles);
  const group = L.featureGroup(layers.filter(Boolean)).addTo(map);
  const level = districts.parents[districts.parents.length - 1];
  if (level && level.names.length > 1 && shapes.length <= mostBorders) drawBorders(map, shapes, place, level);
  if (level && level.names.length > 1 && level.names.length <= mostLabels) nameAreas(map, layers, level);
  const fill = fills.painter(patterns, map.options.preferCanvas);
  const over = marksPart.create(map, layers, shapes, place);
  return behaviour({ map, model, act, bounds, layers, group, fill, over });
}

// On a small screen the panel lies over the lower part of the map.
function coveredHeight(container) {
  const side = document.getElementById("side");
  if (getComputedStyle(side).position !== "fixed") return 0;
  container.closest("figure").scrollIntoView({ block: "start" });
  return Math.max(0, container.getBoundingClientRect().bottom - side.getBoundingClientRect().top);
}

function behaviour({ map, model, act, bounds, layers, group, fill, over }) {
  let scene = null;
  let pointed = -1;
  // Dark on light, so that the chosen district stands out from every colour.
  const frame = [["#ffffff", 7], ["#16242e", 3.5]].map(([color, weight]) =>
    L.polygon([], { pane: "chosen", color, weight, fill: false, interactive: false, smoothFactor: 0.5 }).addTo(map));

  const edge = (district) => {
    const layer = layers[district];
    if (!layer || !scene) return;
    layer.setStyle(district === pointed ? pointedEdge : plainEdge[scene.edge]);
    if (district === pointed) layer.bringToFront();
  };

  function point(district) {
    const before = pointed;
    pointed = district;
    edge(before);
    edge(district);
  }

  function show(next) {
    const before = scene ? scene.district : -1;
    scene = next;
    const style = plainEdge[scene.edge];
    layers.forEach((layer, district) => layer && layer.setStyle({ ...style, fillColor: fill(scene.of[district]) }));
    over.show(scene);
    const chosen = layers[scene.district];
    frame.forEach((line) => line.setLatLngs(chosen ? chosen.getLatLngs() : []));
    if (scene.district !== before) reveal(scene.district);
  }

  function reveal(district) {
    if (!layers[district]) return;
    const covered = coveredHeight(map.getContainer());
    map.panInside(layers[district].getBounds().getCenter(), {
      paddingTopLeft: [60, 60], paddingBottomRight: [60, 60 + covered], animate: !reducedMotion(),
    });
  }

  group.on("click", (event) => act.choose({ district: event.layer.options.district }));
  group.on("mouseover", (event) => point(event.layer.options.district));
  group.on("mouseout", () => point(-1));
  group.bindTooltip((layer) => tip(model, layer, scene), { sticky: true, direction: "top", className: "tip" });
  new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(map.getContainer());
  const print = (printing) => {
    document.body.classList.toggle("printing", printing);
    map.invalidateSize({ animate: false });
    fit(map, bounds);
  };
  window.addEventListener("beforeprint", () => print(true));
  window.addEventListener("afterprint", () => print(false));
  return { show, point };
}

export { create, draw };
