// Colours and patterns, for SVG, for a canvas and for the little boxes of legend and list.
import { drawing } from "./words.js";

const tile = 8;
const name = (pattern) => `pattern-${pattern.replace(/ /g, "-")}`;
const address = (pattern) => `url(#${name(pattern)})`;

function svgPattern(id, pattern) {
  return drawing("pattern", { id: name(id), width: tile, height: tile, patternUnits: "userSpaceOnUse" }, [
    drawing("rect", { width: tile, height: tile, fill: pattern.paper }),
    drawing("path", { d: pattern.path, stroke: pattern.ink, "stroke-width": 1.2, fill: "none" }),
  ]);
}

function define(patterns) {
  const found = Object.entries(patterns).map(([id, pattern]) => svgPattern(id, pattern));
  document.body.append(
    drawing("svg", { class: "patterns", width: 0, height: 0, "aria-hidden": "true" }, [drawing("defs", {}, found)]),
  );
}

function canvasPattern(pattern) {
  const canvas = document.createElement("canvas");
  canvas.width = tile;
  canvas.height = tile;
  const context = canvas.getContext("2d");
  context.fillStyle = pattern.paper;
  context.fillRect(0, 0, tile, tile);
  context.strokeStyle = pattern.ink;
  context.lineWidth = 1.2;
  context.stroke(new Path2D(pattern.path));
  return context.createPattern(canvas, "repeat");
}

// How Leaflet fills an entry: a canvas takes a pattern itself, SVG its address.
function painter(patterns, onCanvas) {
  const made = {};
  return (entry) => {
    if (entry.colour) return entry.colour;
    if (!onCanvas) return address(entry.pattern);
    made[entry.pattern] = made[entry.pattern] || canvasPattern(patterns[entry.pattern]);
    return made[entry.pattern];
  };
}

function swatch(entry) {
  const fill = entry.colour || address(entry.pattern);
  return drawing("svg", { class: "swatch", viewBox: "0 0 24 16", "aria-hidden": "true" }, [
    drawing("rect", { x: 0.5, y: 0.5, width: 23, height: 15, rx: 2, fill }),
  ]);
}

// What lies over the colours: an outline, a hatch, a line.
function markSwatch(kind) {
  const box = { x: 2, y: 2, width: 20, height: 12, rx: 1 };
  const parts = {
    outline: () => [drawing("rect", { ...box, class: "mark-outline" })],
    hatch: () => [drawing("rect", { ...box, fill: address("warned") })],
    edge: () => [drawing("path", { class: "edge-casing", d: "M1,8h22" }), drawing("path", { class: "edge-core", d: "M1,8h22" })],
  };
  return drawing("svg", { class: "swatch", viewBox: "0 0 24 16", "aria-hidden": "true" }, parts[kind]());
}

export { define, painter, swatch, markSwatch, address };
