// The Leaflet side: districts, borders of larger areas, their names, pointing and choosing.
import * as fills from "../core/fills.js";
import * as addedLayers from "../ground/layers.js";
import * as canvasGround from "../ground/canvas.js";
import * as marksPart from "./marks.js";
import * as shapesPart from "../core/shapes.js";
import * as names from "../ground/names.js";
import * as orientation from "../ground/orientation.js";
import * as svgGround from "../ground/svg.js";
import { byId, element, one, text } from "../core/words.js";

const mostLabels = 30;
const mostBorders = 2000;

function create(id, options) {
  const made = L.map(id, {
    ...options, zoomSnap: 0.25, zoomDelta: 0.5, wheelPxPerZoomLevel: 120, minZoom: 3, zoomControl: false,
    attributionControl: false, boxZoom: false, keyboard: false, zoomAnimation: !reducedMotion(),
  });
  // The panes exist from the start, so that a layer added by others lies between them.
  for (const [name, height] of [["borders", 420], ["marks", 430], ["chosen", 440]]) {
    made.createPane(name).style.zIndex = height;
    made.getPane(name).style.pointerEvents = "none";
  }
  return made;
}

// From this width in pixels the city stands beside the legend; so many more or less make the map fit anew.
const besideFrom = 480;
const much = 80;
const strip = 72;
const captionHigh = 42;
const reducedMotion = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

function projector({ digits, origin }) {
  const unit = 10 ** digits;
  return ([x, y]) => [(y + origin[1]) / unit, (x + origin[0]) / unit];
}

// From where the reader looks to whole numbers counted from the city's origin.
function unprojector({ digits, origin }) {
  const unit = 10 ** digits;
  return ({ lat, lng }) => [lng * unit - origin[0], lat * unit - origin[1]];
}

function drawBorders(map, shapes, place, level) {
  const pairs = shapesPart.borders(shapes, level.codes).map((pair) => pair.map(place));
  const renderer = L.svg({ pane: "borders", padding: 0.5 });
  L.polyline(pairs, { pane: "borders", renderer, color: "#3a4650", weight: 1.6, opacity: 0.8, interactive: false,
    smoothFactor: 0, noClip: true }).addTo(map);
}

function nameAreas(map, ground, level) {
  const members = level.names.map(() => []);
  level.codes.forEach((code, district) => { if (code >= 0 && ground.middle(district)) members[code].push(district); });
  const names = level.names.map((name, code) => ({ name, members: members[code], label: element("span", { text: name }) }))
    .filter((area) => area.members.length).sort((a, b) => b.members.length - a.members.length);
  for (const area of names) {
    const icon = L.divIcon({ className: "area-name", html: area.label, iconSize: null });
    L.marker(middle(area.members.map(ground.middle)), { icon, interactive: false, keyboard: false }).addTo(map);
  }
}

// The middle of the member nearest to the middle of all: inside, unlike a box's middle.
function middle(middles) {
  const whole = L.latLngBounds(middles).getCenter();
  const far = (place) => place.distanceTo(whole);
  return middles.reduce((best, place) => (far(place) < far(best) ? place : best));
}

function controls(map, bounds, withTiles) {
  L.control.zoom({ position: "topright", zoomInTitle: text("map.zoom_in"), zoomOutTitle: text("map.zoom_out") }).addTo(map);
  const Whole = L.Control.extend({
    options: { position: "topright" },
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
  map.invalidateSize({ animate: false });
  // The legend lies on the map: where there is room for both, the city stands beside it.
  const legend = byId("legend");
  const { x: wide } = map.getSize();
  const alone = !document.querySelector(".stage.two");
  const beside = alone && legend && legend.open && wide > besideFrom ? (legend.offsetWidth || 330) + 24 : 12;
  // On paper the legend stands on the right.
  const printing = document.body.classList.contains("printing");
  // On a phone the closed legend and the scale lie on the foot of the map.
  const foot = alone && wide <= 700 && !printing && legend && !document.body.classList.contains("small") ? strip : 12;
  const right = printing && legend ? (legend.offsetWidth || 300) + 24 : 12;
  map.fitBounds(bounds, { paddingTopLeft: [printing ? 12 : beside, alone ? 12 : captionHigh], paddingBottomRight: [right, foot], animate: false });
  map.fitted = { zoom: map.getZoom(), middle: map.getCenter() };
}

// A map that nobody has moved fills its place again where that has become much wider or narrower (a comparison
// beside it, a turned phone); a line more or less above it moves nothing.
function refitting(map, bounds) {
  let { x: wide } = map.getSize();
  new ResizeObserver(() => {
    const { clientWidth } = map.getContainer();
    leaveRoom(clientWidth);
    const still = map.fitted && map.fitted.zoom === map.getZoom() && map.fitted.middle.distanceTo(map.getCenter()) < 1;
    if (still && Math.abs(clientWidth - wide) > much && !document.body.classList.contains("printing")) fit(map, bounds);
    else map.invalidateSize({ animate: false, pan: false });
    wide = clientWidth;
  }).observe(map.getContainer());
}

// Beside a broad comparison there is no room for map and legend both: it closes, and opens when there is room again.
function leaveRoom(wide) {
  const legend = byId("legend");
  if (!legend || document.querySelector(".stage.two") || window.innerWidth <= 900 || document.body.classList.contains("printing")) return;
  const narrow = wide < 620;
  if (narrow && legend.open) { legend.open = false; legend.dataset.closed = "narrow"; }
  if (!narrow && legend.dataset.closed) { legend.open = true; delete legend.dataset.closed; }
}

// The name and what is told of a district, beside the pointer. Leaflet's own would make every district a stop of
// the Tab key.
function tips(map, model) {
  const box = element("div", { class: "tip", hidden: "" });
  map.getContainer().append(box);
  function at({ x, y }) {
    box.hidden = false;
    const { x: wide } = map.getSize();
    const half = box.offsetWidth / 2;
    box.style.left = `${Math.max(4, Math.min(wide - box.offsetWidth - 4, x - half))}px`;
    box.style.top = `${y - box.offsetHeight - 14 > 0 ? y - box.offsetHeight - 14 : y + 20}px`;
  }
  return {
    show(scene, district, place) {
      box.replaceChildren(
        element("strong", { text: model.data.districts.names[district] }),
        element("div", { text: scene.tip(district) }),
      );
      at(place);
    },
    tell(told, place) {
      if (!told) { box.hidden = true; return; }
      box.replaceChildren(...told.split("\n").map((line) => element("div", { text: line })));
      at(place);
    },
    hide() { box.hidden = true; },
  };
}

// The map is one stop of the Tab key: arrows go to the district that lies that way, Enter opens it.
const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

function neighbourThat(middles, from, [right, up]) {
  let best = -1;
  let least = Infinity;
  const here = middles[from];
  middles.forEach((there, district) => {
    if (!there || district === from) return;
    const dx = (there.lng - here.lng) * Math.cos((here.lat * Math.PI) / 180);
    const dy = there.lat - here.lat;
    const along = dx * right + dy * up;
    const aside = Math.abs(dx * up) + Math.abs(dy * right);
    if (along <= 0 || aside > 2 * along) return;
    const far = along + 2 * aside;
    if (far < least) { least = far; best = district; }
  });
  return best;
}

function keyboard({ map, model, act, ground, current, pointAt }) {
  const container = map.getContainer();
  let middles = null;
  const nearestTo = (place) => middles.reduce((best, there, district) =>
    (there && (best < 0 || place.distanceTo(there) < place.distanceTo(middles[best])) ? district : best), -1);
  let at = -1;
  container.setAttribute("tabindex", "0");
  container.setAttribute("role", "application");
  container.setAttribute("aria-label", text("map.keys"));
  function go(district) {
    if (district < 0) return;
    at = district;
    map.panInside(middles[at], { padding: [40, 40], animate: false });
    pointAt(at, map.latLngToContainerPoint(middles[at]));
    byId("map-told").textContent = `${model.data.districts.names[at]}: ${current().tip(at)}`;
  }
  const known = () => { middles = middles || Array.from({ length: model.size }, (_, district) => ground.middle(district)); };
  container.addEventListener("focus", () => {
    known();
    if (container.matches(":focus-visible")) go(current().district >= 0 ? current().district : nearestTo(map.getCenter()));
  });
  container.addEventListener("blur", () => { at = -1; pointAt(-1); });
  container.addEventListener("keydown", (event) => {
    if (event.target !== container) return;
    if (event.key in ways) {
      event.preventDefault();
      go(at < 0 ? nearestTo(map.getCenter()) : neighbourThat(middles, at, ways[event.key]));
    } else if ((event.key === "Enter" || event.key === " ") && at >= 0) {
      event.preventDefault();
      act.choose({ district: at });
    } else if (event.key === "+" || event.key === "-") map.setZoom(map.getZoom() + (event.key === "+" ? 0.5 : -0.5));
  });
}

function draw(map, model, act, { second = false } = {}) {
  const { districts, patterns } = model.data;
  const [west, south, east, north] = districts.bounds;
  const bounds = L.latLngBounds([south, west], [north, east]);
  const withTiles = document.querySelector(".leaflet-tile-pane .leaflet-layer") !== null;
  fit(map, bounds);
  if (!second) controls(map, bounds, withTiles);
  const place = projector(districts);
  const fill = fills.painter(patterns, map.options.preferCanvas);
  const how = { opacity: withTiles ? 0.75 : 1, fill, back: unprojector(districts) };
  const ground = (map.options.preferCanvas ? canvasGround : svgGround).create(map, districts.shapes, place, how);
  const level = districts.parents[districts.parents.length - 1];
  if (level && level.names.length > 1) {
    if (ground.shapes && model.size <= mostBorders) drawBorders(map, ground.shapes, place, level);
    if (level.names.length <= mostLabels) nameAreas(map, ground, level);
  }
  const labels = names.create(map, model, ground);
  orientation.create(map, model.data.orientation);
  const over = marksPart.create(map, ground, districts.shapes, place);
  return behaviour({ map, model, act, bounds, ground, over, second, labels });
}

// On a small screen the panel lies over the lower part of the map.
function coveredHeight(container) {
  const side = one("#side");
  if (getComputedStyle(side).position !== "fixed") return 0;
  container.closest("figure").scrollIntoView({ block: "start" });
  return Math.max(0, container.getBoundingClientRect().bottom - side.getBoundingClientRect().top);
}

function behaviour({ map, model, act, bounds, ground, over, second, labels }) {
  let scene = null;
  // Dark on light, so that the chosen district stands out from every colour.
  const frame = [["#ffffff", 7], ["#16242e", 3.5]].map(([color, weight]) =>
    L.polygon([], { pane: "chosen", color, weight, fill: false, interactive: false, smoothFactor: 0.5 }).addTo(map));

  function light(members) {
    if (!scene) return;
    ground.light(members);
  }

  function show(next) {
    const before = scene ? scene.district : -1;
    // What lies on the map stays where only another district is chosen.
    const other = !scene || next.of !== scene.of;
    scene = next;
    if (other) {
      ground.show(scene);
      over.show(scene);
      labels.later();
    }
    frame.forEach((line) => line.setLatLngs(scene.district >= 0 ? ground.latLngs(scene.district) : []));
    if (scene.district !== before) reveal(scene.district);
  }

  function reveal(district) {
    const there = district >= 0 ? ground.middle(district) : null;
    if (!there) return;
    const covered = coveredHeight(map.getContainer());
    map.panInside(there, {
      paddingTopLeft: [60, 60], paddingBottomRight: [60, 60 + covered], animate: !reducedMotion(),
    });
  }

  const tip = tips(map, model);
  function pointAt(district, place) {
    act.light(district < 0 ? [] : [district]);
    if (district < 0) tip.hide();
    else tip.show(scene, district, place);
  }
  const added = addedLayers.create(map, model, tip.tell, act, second);
  ground.listen(pointAt, (district) => act.choose({ district }));
  keyboard({ map, model, act, ground, current: () => scene, pointAt });
  refitting(map, bounds);
  const legend = byId("legend");
  let closed = false;
  const print = (printing) => {
    // On paper nobody can open a legend that was closed.
    if (legend && printing) closed = !legend.open;
    if (legend && (closed || printing)) legend.open = printing || !closed;
    document.body.classList.toggle("printing", printing);
    map.invalidateSize({ animate: false });
    fit(map, bounds);
  };
  window.addEventListener("beforeprint", () => print(true));
  window.addEventListener("afterprint", () => print(false));
  // Numbers of groups, beside which the list tells what they are.
  const badges = L.layerGroup().addTo(map);
  function label(groups) {
    badges.clearLayers();
    for (const { number: told, members } of groups) {
      const middles = members.map((district) => ground.middle(district)).filter(Boolean);
      if (!middles.length) continue;
      const icon = L.divIcon({ className: "map-badge", html: element("span", { class: "badge", "aria-hidden": "true", text: told }), iconSize: null });
      L.marker(middle(middles), { icon, interactive: false, keyboard: false, zIndexOffset: 1000 }).addTo(badges);
    }
    labels.later();
  }

  return { label, show, light, added, fit: () => { fit(map, bounds); if (scene && scene.district >= 0) reveal(scene.district); } };
}

export { create, draw };
