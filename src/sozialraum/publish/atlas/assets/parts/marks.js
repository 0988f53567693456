// What lies over the colours: outlined and hatched districts, and sharp borders.
import * as fills from "../core/fills.js";
import * as shapesPart from "../core/shapes.js";
import { element, number } from "../core/words.js";

const many = 200;
const casing = { color: "#ffffff", weight: 6.5, opacity: 0.95 };
const core = { color: "#1238c8", weight: 3.2, opacity: 1 };
const wallLines = [{ color: "#ffffff", weight: 10, opacity: 1 }, { color: "#16242e", weight: 6, opacity: 1 }];
const outlines = [{ color: "#ffffff", weight: 5.5, opacity: 0.9 }, { color: "#6a1b5d", weight: 3, opacity: 1 }];

// Where two districts share no drawn border (a corner only, a bridge), a dashed line joins their middles.
function stretches(lines, borders, ground, place) {
  /** @type {{ drawn: any[], joined: any[] }} */
  const found = { drawn: [], joined: [] };
  for (const [first, second] of lines) {
    const pairs = borders.get(`${Math.min(first, second)},${Math.max(first, second)}`);
    if (pairs) found.drawn.push(...pairs.map((pair) => pair.map(place)));
    else if (ground.middle(first) && ground.middle(second)) found.joined.push([first, second].map(ground.middle));
  }
  return found;
}

function create(map, ground, packed, place) {
  const renderer = L.svg({ pane: "marks", padding: 0.5 });
  const always = { pane: "marks", renderer, interactive: false, smoothFactor: 0, noClip: true };
  const group = L.layerGroup().addTo(map);
  // Among many small districts lines must leave room for the colours.
  const fine = packed.length > many ? 0.6 : 1;
  let borders = null;

  // All members are one path: a large city has thousands of them.
  function polygons(members, style) {
    const parts = members.flatMap((district) => ground.latLngs(district));
    if (parts.length) L.polygon(parts, { ...always, ...style }).addTo(group);
  }

  function edges(lines) {
    if (!lines.length) return;
    borders = borders || shapesPart.shared(ground.shapes || packed.map(shapesPart.unpack));
    const { drawn, joined } = stretches(lines, borders, ground, place);
    for (const style of [casing, core]) {
      const drawing = { ...always, ...style, weight: style.weight * fine };
      L.polyline(drawn, { ...drawing, className: "edge" }).addTo(group);
      L.polyline(joined, { ...drawing, dashArray: "2 7", className: "edge" }).addTo(group);
    }
  }

  // Walls are numbered as the legend numbers them, in the middle of their borders.
  function walls(found) {
    if (!found.length) return;
    borders = borders || shapesPart.shared(ground.shapes || packed.map(shapesPart.unpack));
    found.forEach(({ borders: pairs }, at) => {
      const { drawn } = stretches(pairs, borders, ground, place);
      for (const style of wallLines) L.polyline(drawn, { ...always, ...style, weight: style.weight * fine, className: "wall" }).addTo(group);
      const middle = drawn[Math.floor(drawn.length / 2)];
      if (!middle) return;
      const icon = L.divIcon({ className: "wall-name", html: element("span", { text: number(at + 1) }), iconSize: null });
      L.marker(middle[0], { icon, zIndexOffset: 1000, interactive: false, keyboard: false }).addTo(group);
    });
  }

  // Areas that have a name and a state of their own, told in symbols beside the colour.
  function names(found) {
    for (const { members, name, told } of found) {
      const bounds = L.latLngBounds(members.flatMap((district) => ground.latLngs(district)).flat(3));
      if (!bounds.isValid()) continue;
      const html = element("span", {}, [element("strong", { text: name }), element("span", { text: told })]);
      L.marker([bounds.getNorth(), bounds.getCenter().lng], { icon: L.divIcon({ className: "programme-name", html, iconSize: null }),
        zIndexOffset: 1000, interactive: false, keyboard: false }).addTo(group);
    }
  }

  return {
    show(scene) {
      group.clearLayers();
      for (const { kind, members } of scene.marks) {
        if (kind === "hatch") polygons(members, { stroke: false, fillColor: fills.address("warned"), fillOpacity: 1 });
        else outlines.forEach((style) => polygons(members, { ...style, weight: style.weight * fine, fill: false }));
      }
      edges(scene.lines);
      walls(scene.walls);
      names(scene.names);
    },
  };
}

export { create };
