// The districts of a large city: one canvas on which only what is on screen is drawn, and no point that the eye
// could not tell from the one before.
import * as geometry from "./geometry.js";

const edges = { light: "rgba(255, 255, 255, 0.9)", grey: "rgba(179, 186, 189, 0.9)" };
const pointedEdge = { color: "#16242e", weight: 2.5, opacity: 1 };
const leastForEdges = 9;
const atOnce = 400;

// The plane of the map at zoom 0, in which a zoom is one factor: x to the east, y to the south, from the city's origin.
function flatPlane(map, flat, place) {
  const at = (x, y) => map.project(L.latLng(place([x, y])), 0);
  const origin = at(0, 0);
  const step = at(1_000, 0).x - origin.x;
  const xs = new Float32Array(flat.x.length);
  const ys = new Float32Array(flat.y.length);
  // Between few rows the projection is as good as straight: a table of it spares a logarithm per point.
  let [low, high] = [Infinity, -Infinity];
  for (const y of flat.y) {
    if (y < low) low = y;
    if (y > high) high = y;
  }
  const rows = 4096;
  const gap = Math.max(1, (high - low) / rows);
  const table = Float64Array.from({ length: rows + 2 }, (_, row) => at(0, low + row * gap).y - origin.y);
  for (let point = 0; point < xs.length; point += 1) {
    xs[point] = (flat.x[point] * step) / 1_000;
    const row = (flat.y[point] - low) / gap;
    const whole = Math.floor(row);
    ys[point] = table[whole] + (table[whole + 1] - table[whole]) * (row - whole);
  }
  return { origin, xs, ys };
}

function boxesOf({ size, rings, first }, { xs, ys }) {
  const boxes = new Float32Array(4 * size);
  for (let district = 0; district < size; district += 1) {
    let [west, north, east, south] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let at = rings[first[district]]; at < rings[first[district + 1]]; at += 1) {
      west = Math.min(west, xs[at]);
      east = Math.max(east, xs[at]);
      north = Math.min(north, ys[at]);
      south = Math.max(south, ys[at]);
    }
    boxes.set([west, north, east, south], 4 * district);
  }
  return boxes;
}

// Adds a district to the path that is being drawn.
function trace(context, { rings, first }, { xs, ys }, district, { scale, left, top }) {
  for (let ring = first[district]; ring < first[district + 1]; ring += 1) {
    let [lastX, lastY] = [Infinity, Infinity];
    const end = rings[ring + 1];
    const [firstX, firstY] = [xs[rings[ring]] * scale - left, ys[rings[ring]] * scale - top];
    for (let at = rings[ring]; at < end; at += 1) {
      const x = xs[at] * scale - left;
      const y = ys[at] * scale - top;
      if (lastX === Infinity) context.moveTo(x, y);
      else if (Math.abs(x - lastX) + Math.abs(y - lastY) >= 1) context.lineTo(x, y);
      else continue;
      [lastX, lastY] = [x, y];
    }
    // Closing a path takes a browser longer than one more line.
    context.lineTo(firstX, firstY);
  }
}

const Canvas = L.Renderer.extend({
  options: { padding: 0.1 },
  onAdd() {
    L.Renderer.prototype.onAdd.call(this);
    this._drawn = null;
  },
  _initContainer() {
    this._container = document.createElement("canvas");
    this._container.className = "ground";
    this._context = this._container.getContext("2d");
  },
  _destroyContainer() { this._container.remove(); },
  _update() {
    if (this._map._animatingZoom && this._bounds) return;
    L.Renderer.prototype._update.call(this);
    const size = this._bounds.getSize();
    const dense = window.devicePixelRatio || 1;
    L.DomUtil.setPosition(this._container, this._bounds.min);
    this._container.width = dense * size.x;
    this._container.height = dense * size.y;
    this._container.style.width = `${size.x}px`;
    this._container.style.height = `${size.y}px`;
    this._context.setTransform(dense, 0, 0, dense, 0, 0);
    if (this.options.paint) this.options.paint(this._context, this._bounds, this._zoom);
  },
  again() {
    const size = this._bounds.getSize();
    this._context.clearRect(0, 0, size.x, size.y);
    this.options.paint(this._context, this._bounds, this._zoom);
  },
});

// District after district by what fills them, so that each colour is set once.
function byFill(of, unsure, fill) {
  const parts = new Map();
  for (let district = 0; district < of.length; district += 1) {
    const pale = Boolean(unsure && unsure(district));
    const entry = of[district];
    const key = pale ? `${entry.id}~` : entry.id;
    if (!parts.has(key)) parts.set(key, { style: fill(entry, pale), members: [] });
    parts.get(key).members.push(district);
  }
  return parts;
}

function painting(map, flat, plane) {
  const boxes = boxesOf(flat, plane);

  function view(bounds, zoom) {
    const scale = 2 ** zoom;
    const origin = map.getPixelOrigin();
    const left = bounds.min.x + origin.x - plane.origin.x * scale;
    const top = bounds.min.y + origin.y - plane.origin.y * scale;
    const size = bounds.getSize();
    const shown = (district) => {
      const at = 4 * district;
      return boxes[at] * scale - left <= size.x && boxes[at + 2] * scale - left >= 0
        && boxes[at + 1] * scale - top <= size.y && boxes[at + 3] * scale - top >= 0;
    };
    return { scale, left, top, shown };
  }

  // Many short paths are filled quicker than one long one.
  function each(context, members, now, finish) {
    let open = 0;
    for (const district of members) {
      if (!now.shown(district)) continue;
      if (!open) context.beginPath();
      trace(context, flat, plane, district, now);
      open += 1;
      if (open === atOnce) { finish(); open = 0; }
    }
    if (open) finish();
  }

  return (context, bounds, zoom, { parts, edge }) => {
    const now = view(bounds, zoom);
    let [seen, broad] = [0, 0];
    for (const { style, members } of parts.values()) {
      context.fillStyle = style;
      each(context, members, now, () => context.fill("evenodd"));
      for (const district of members) {
        if (!now.shown(district)) continue;
        seen += 1;
        broad += (boxes[4 * district + 2] - boxes[4 * district]) * now.scale;
      }
    }
    if (!seen || broad / seen < leastForEdges) return;
    context.strokeStyle = edges[edge];
    context.lineWidth = 1;
    for (const { members } of parts.values()) each(context, members, now, () => context.stroke());
  };
}

function create(map, packed, place, { opacity, fill, back }) {
  const flat = geometry.flatten(packed);
  const plane = flatPlane(map, flat, place);
  const paint = painting(map, flat, plane);
  let find = null;
  let shown = null;
  const renderer = new Canvas({ paint: (context, bounds, zoom) => {
    if (!shown) return;
    context.globalAlpha = opacity;
    paint(context, bounds, zoom, shown);
  } }).addTo(map);
  // One polygon of many rings: even and odd tell holes and islands apart.
  const latLngs = (district) => (geometry.exists(flat, district)
    ? [geometry.ringsOf(flat, district).map((ring) => ring.map(place))] : []);
  const pointedLine = L.polygon([], { ...pointedEdge, pane: "chosen", fill: false, interactive: false }).addTo(map);
  const under = ({ latlng }) => {
    find = find || geometry.finder(flat);
    const [x, y] = back(latlng);
    return find(x, y);
  };

  return {
    shapes: null, latLngs,
    bounds: (district) => {
      if (!geometry.exists(flat, district)) return null;
      const [west, south, east, north] = flat.boxes.subarray(4 * district, 4 * district + 4);
      return L.latLngBounds([place([west, south]), place([east, north])]);
    },
    middle: (district) => (geometry.exists(flat, district) ? L.latLng(place(geometry.middle(flat, district))) : null),
    show(scene) {
      shown = { parts: byFill(scene.of, scene.unsure, fill), edge: scene.edge };
      renderer.again();
    },
    light(members) { pointedLine.setLatLngs(members.map(latLngs).filter((rings) => rings.length)); },
    listen(pointAt, choose) {
      map.on("click", (event) => { const district = under(event); if (district >= 0) choose(district); });
      map.on("mousemove", (event) => {
        const district = under(event);
        map.getContainer().style.cursor = district >= 0 ? "pointer" : "";
        pointAt(district, event.containerPoint);
      });
      map.on("mouseout", () => pointAt(-1));
    },
  };
}

export { create };
