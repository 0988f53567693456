// Colours and patterns, for SVG, for a canvas and for the little boxes of legend and list.
import { drawing, one } from "./words.js";

const tile = 8;
const name = (pattern) => `pattern-${pattern.replace(/[^\w]/g, "-")}`;
const address = (pattern) => `url(#${name(pattern)})`;

function svgPattern(id, pattern) {
  return drawing("pattern", { id: name(id), width: tile, height: tile, patternUnits: "userSpaceOnUse" }, [
    drawing("rect", { width: tile, height: tile, fill: pattern.paper }),
    drawing("path", { d: pattern.path, stroke: pattern.ink, "stroke-width": pattern.width || 1.2, fill: "none" }),
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
  if (!context) return null;
  context.fillStyle = pattern.paper;
  context.fillRect(0, 0, tile, tile);
  context.strokeStyle = pattern.ink;
  context.lineWidth = pattern.width || 1.2;
  context.stroke(new Path2D(pattern.path));
  return context.createPattern(canvas, "repeat");
}

// A colour that is not sure is broken by white lines: paler, and yet not another class.
const broken = (colour) => ({ path: "M-2,2 l4,-4 M0,8 l8,-8 M6,10 l4,-4", ink: "#ffffff", paper: colour, width: 2.2 });
const known = new Set();

function brokenAddress(colour) {
  const id = `unsure-${colour.slice(1)}`;
  if (!known.has(id)) {
    known.add(id);
    one(".patterns defs").append(svgPattern(id, broken(colour)));
  }
  return address(id);
}

// How Leaflet fills an entry: a canvas takes a pattern itself, SVG its address.
function painter(patterns, onCanvas) {
  const made = {};
  const pattern = (id, look) => {
    made[id] = made[id] || canvasPattern(look);
    return made[id];
  };
  return (entry, unsure = false) => {
    if (entry.colour && unsure) return onCanvas ? pattern(entry.colour, broken(entry.colour)) : brokenAddress(entry.colour);
    if (entry.colour) return entry.colour;
    return onCanvas ? pattern(entry.pattern, patterns[entry.pattern]) : address(entry.pattern);
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
    pale: () => [drawing("rect", { ...box, fill: brokenAddress("#8b5a3c") })],
    outline: () => [drawing("rect", { ...box, class: "mark-outline" })],
    hatch: () => [drawing("rect", { ...box, fill: "#f3efe4" }), drawing("rect", { ...box, fill: address("warned") })],
    wall: () => [drawing("path", { class: "wall-line", d: "M1,8h22" })],
    edge: () => [drawing("path", { class: "edge-casing", d: "M1,8h22" }), drawing("path", { class: "edge-core", d: "M1,8h22" })],
  };
  return drawing("svg", { class: "swatch", viewBox: "0 0 24 16", "aria-hidden": "true" }, parts[kind]());
}

export { broken, define, painter, swatch, markSwatch, address };
