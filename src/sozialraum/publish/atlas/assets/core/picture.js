// The map as a drawing of its own: with title, legend, source, date and scale.
import * as fills from "./fills.js";
import * as shapesPart from "./shapes.js";
import { date, drawing, text } from "./words.js";

const wide = 1600;
const high = 1130;
const frame = { x: 40, y: 130, width: 1090, height: 920 };

function projection({ bounds, origin, digits }) {
  const [west, south, east, north] = bounds;
  const squeeze = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const scale = Math.min(frame.width / ((east - west) * squeeze || 1), frame.height / (north - south || 1));
  const left = frame.x + (frame.width - (east - west) * squeeze * scale) / 2;
  const top = frame.y + (frame.height - (north - south) * scale) / 2;
  const unit = 10 ** digits;
  return {
    metre: scale / 111_320,
    degrees: ([lng, lat]) => [left + (lng - west) * squeeze * scale, top + (north - lat) * scale],
    place: ([x, y]) => [left + ((x + origin[0]) / unit - west) * squeeze * scale, top + (north - (y + origin[1]) / unit) * scale],
  };
}

const path = (polygons, place) => polygons.flat().map((ring) =>
  `M${ring.map((point) => place(point).map((part) => part.toFixed(1)).join(",")).join("L")}Z`).join("");

function wrapped(told, most) {
  const lines = [""];
  for (const word of told.split(" ")) {
    if (`${lines[lines.length - 1]} ${word}`.length > most && lines[lines.length - 1]) lines.push(word);
    else lines[lines.length - 1] = `${lines[lines.length - 1]} ${word}`.trim();
  }
  return lines;
}

const line = (x, y, told, size, weight = 400) =>
  drawing("text", { x, y, "font-size": size, "font-weight": weight, fill: "#16242e", text: told });

function patternOf(id, { path: d, ink, paper, width }) {
  return drawing("pattern", { id, width: 8, height: 8, patternUnits: "userSpaceOnUse" }, [
    drawing("rect", { width: 8, height: 8, fill: paper }),
    drawing("path", { d, stroke: ink, "stroke-width": width || 1.2, fill: "none" }),
  ]);
}

// Fills of this drawing; patterns are defined in it, so that it stands alone.
function filler(model) {
  const defs = drawing("defs", {});
  const known = new Map();
  const use = (key, look) => {
    if (!known.has(key)) {
      known.set(key, `fill-${known.size}`);
      defs.append(patternOf(known.get(key), look));
    }
    return `url(#${known.get(key)})`;
  };
  const fill = (entry, unsure) => {
    if (entry.colour) return unsure ? use(entry.colour, fills.broken(entry.colour)) : entry.colour;
    return use(entry.pattern, model.data.patterns[entry.pattern]);
  };
  return { defs, fill };
}

// Layers that somebody added: points, lines and areas in degrees.
function addedShapes({ looks, features }, degrees) {
  const told = (places) => places.map((place) => degrees(place).map((part) => part.toFixed(1)).join(",")).join("L");
  const rings = { LineString: (c) => [c], MultiLineString: (c) => c, Polygon: (c) => c, MultiPolygon: (c) => c.flat() };
  return features.flatMap(({ geometry, look: at }) => {
    const look = { color: "#0b5a7a", weight: 2.5, opacity: 1, fillOpacity: 0.25, radius: 6, ...looks[at] };
    const line = { stroke: look.color, "stroke-width": look.weight, "stroke-opacity": look.opacity };
    const fill = { fill: look.fillColor || look.color, "fill-opacity": look.fillOpacity };
    const { type, coordinates } = geometry;
    if (type.endsWith("Point")) {
      return (type === "Point" ? [coordinates] : coordinates).map(degrees).map(([cx, cy]) =>
        drawing("circle", { cx: cx.toFixed(1), cy: cy.toFixed(1), r: look.radius, ...line, ...fill }));
    }
    if (!rings[type]) return [];
    const end = type.endsWith("Polygon") ? "Z" : "";
    return [drawing("path", { d: rings[type](coordinates).map((ring) => `M${told(ring)}${end}`).join(""), "fill-rule": "evenodd",
      ...line, ...(end ? fill : { fill: "none" }), ...(look.dashArray ? { "stroke-dasharray": look.dashArray } : {}) })];
  });
}

function legend(scene, fill, layers) {
  const parts = [line(1170, 150, scene.title, 22, 700)];
  let y = 186;
  for (const entry of scene.entries) {
    parts.push(drawing("rect", { x: 1170, y: y - 17, width: 34, height: 22, fill: fill(entry, false), stroke: "#7c868c" }));
    const told = wrapped(`${entry.label} (${entry.count})`, 34);
    told.forEach((words, place) => parts.push(line(1216, y + place * 22, words, 18)));
    y += 34 + (told.length - 1) * 22;
  }
  if (scene.unsure) {
    const told = wrapped(`${text("sure.pale")}: ${scene.unsureTold}`, 42);
    told.forEach((words, at) => parts.push(line(1170, y + 12 + at * 22, words, 16)));
    y += 34 + (told.length - 1) * 22;
  }
  for (const layer of layers) {
    const look = layer.looks[layer.features[0].look];
    parts.push(drawing("circle", { cx: 1187, cy: y + 4, r: 8, fill: look.fillColor || look.color || "#0b5a7a", stroke: look.color || "#0b5a7a" }));
    parts.push(line(1216, y + 10, `${layer.name} (${layer.features.length})`, 18));
    y += 34;
  }
  return parts;
}

function scaleBar(metre) {
  const steps = [100, 200, 500, 1000, 2000, 5000, 10000, 20000];
  const length = steps.find((step) => step * metre > 90) || 50000;
  const told = length < 1000 ? `${length} m` : `${length / 1000} km`;
  return [drawing("path", { d: `M40,1068v8h${(length * metre).toFixed(1)}v-8`, fill: "none", stroke: "#16242e", "stroke-width": 2 }),
    line(40 + length * metre + 10, 1076, told, 16)];
}

const water = { color: "none", weight: 0, fillColor: "#a9c4d4", fillOpacity: 1 };
const way = { color: "#5b6a73", weight: 1.1, opacity: 0.75 };
const features = (found) => found.map((geometry) => ({ geometry, look: 0 }));

// What lies on the colours: water and lines, sharp borders, walls, the names of programme areas.
function over(model, scene, shapes, { place, degrees }) {
  const { areas, lines } = model.data.orientation;
  const parts = [...addedShapes({ looks: [water], features: features(areas) }, degrees), ...addedShapes({ looks: [way], features: features(lines) }, degrees)];
  const borders = scene.lines.length || scene.walls.length ? shapesPart.shared(shapes) : new Map();
  const told = (pairs) => pairs.flatMap(([a, b]) => borders.get(`${Math.min(a, b)},${Math.max(a, b)}`) || [])
    .map((pair) => `M${pair.map((point) => place(point).map((part) => part.toFixed(1)).join(",")).join("L")}`).join("");
  const drawn = (pairs, looks) => looks.map(([stroke, width]) => drawing("path", { d: told(pairs), fill: "none", stroke, "stroke-width": width, "stroke-linecap": "round" }));
  if (scene.lines.length) parts.push(...drawn(scene.lines, [["#ffffff", 6.5], ["#1238c8", 3.2]]));
  for (const wall of scene.walls) parts.push(...drawn(wall.borders, [["#ffffff", 10], ["#16242e", 6]]));
  for (const { members, name, told: symbols } of scene.names) {
    const points = members.flatMap((district) => shapes[district].flat(2).map(place));
    if (!points.length) continue;
    const [x, y] = [0, 1].map((axis) => points.reduce((sum, point) => sum + point[axis], 0) / points.length);
    parts.push(drawing("text", { x: x.toFixed(1), y: y.toFixed(1), "text-anchor": "middle", "font-size": 19, "font-weight": 700, fill: "#16242e",
      stroke: "#ffffff", "stroke-width": 4, "paint-order": "stroke", text: `${name} ${symbols}` }));
  }
  return parts;
}

function draw(model, scene, layers) {
  const ground = projection(model.data.districts);
  const { place, metre, degrees } = ground;
  const { defs, fill } = filler(model);
  const shapes = model.data.districts.shapes.map(shapesPart.unpack);
  const districts = shapes.map((polygons, district) => drawing("path", {
    d: path(polygons, place), fill: fill(scene.of[district], Boolean(scene.unsure && scene.unsure(district))),
    stroke: "#ffffff", "stroke-width": 0.7, "fill-rule": "evenodd",
  }));
  const source = scene.indicator && scene.indicator.source ? `${text("origin.source")}: ${scene.indicator.source} · ` : "";
  const marks = [model.data.internal && text("internal"), model.data.simulated && text("simulated")].filter(Boolean).join(" · ");
  return drawing("svg", { xmlns: "http://www.w3.org/2000/svg", width: wide, height: high, viewBox: `0 0 ${wide} ${high}`,
    "font-family": "system-ui, Segoe UI, Roboto, Noto Sans, Liberation Sans, sans-serif" }, [
    defs, drawing("rect", { width: wide, height: high, fill: "#ffffff" }),
    ...wrapped(scene.headline || scene.caption, 100).slice(0, 2).map((words, at) => line(40, 50 + at * 34, words, 28, 700)),
    line(40, 112, scene.caption.startsWith(model.data.city) ? scene.caption : `${model.data.city} · ${scene.caption}`, 18), ...districts, ...over(model, scene, shapes, ground),
    ...layers.flatMap((layer) => addedShapes(layer, degrees)), ...legend(scene, fill, layers), ...scaleBar(metre),
    line(40, 1108, `${source}${text("control.date")}: ${date(scene.date, scene.indicator)} · ${text("never")} · sozialraum`, 15),
    ...(marks ? [line(1170, 1076, marks, 18, 700)] : []),
  ]);
}

const svg = (model, scene, layers = []) => new XMLSerializer().serializeToString(draw(model, scene, layers));

function png(model, scene, layers = []) {
  const image = new Image();
  const address = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg(model, scene, layers))}`;
  return new Promise((resolve, reject) => {
    image.onload = () => {
      const canvas = document.createElement("canvas");
      canvas.width = wide;
      canvas.height = high;
      canvas.getContext("2d")?.drawImage(image, 0, 0);
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png");
    };
    image.onerror = () => reject(new Error("no picture"));
    image.src = address;
  });
}

export { svg, png, wrapped };
