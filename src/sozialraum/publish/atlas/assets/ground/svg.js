// The districts of a city of common size: one SVG path each, which prints sharp and can be looked into.
import * as shapesPart from "../core/shapes.js";

const edges = { light: { color: "#ffffff", weight: 1, opacity: 0.9 }, grey: { color: "#b3babd", weight: 1, opacity: 0.9 } };
const pointedEdge = { color: "#16242e", weight: 2.5, opacity: 1 };

function drawn(shapes, place, opacity) {
  return shapes.map((polygons, district) => {
    if (!polygons.length) return null;
    const where = polygons.map((polygon) => polygon.map((ring) => ring.map(place)));
    return L.polygon(where, { ...edges.light, fillOpacity: opacity, smoothFactor: 0.5, district });
  });
}

function largest(polygons) {
  const size = (bounds) => (bounds.getEast() - bounds.getWest()) * (bounds.getNorth() - bounds.getSouth());
  return polygons.map((rings) => L.latLngBounds(rings[0])).reduce((best, bounds) => (size(bounds) > size(best) ? bounds : best));
}

function create(map, packed, place, { opacity, fill }) {
  const shapes = packed.map(shapesPart.unpack);
  const layers = drawn(shapes, place, opacity);
  const group = L.featureGroup(layers.filter(Boolean)).addTo(map);
  const painted = new Array(layers.length).fill("");
  let edge = "";
  let lit = new Set();

  function outline(district, pointed) {
    const layer = layers[district];
    if (!layer || !edge) return;
    layer.setStyle(pointed ? pointedEdge : edges[edge]);
    if (pointed) layer.bringToFront();
  }

  return {
    shapes,
    latLngs: (district) => (layers[district] ? layers[district].getLatLngs() : []),
    // Of the largest part: the middle of a mainland and its island lies in the water.
    bounds: (district) => (layers[district] ? largest(layers[district].getLatLngs()) : null),
    middle: (district) => (layers[district] ? layers[district].getBounds().getCenter() : null),
    // Only what changes its look is painted again.
    show(scene) {
      const same = edge === scene.edge;
      edge = scene.edge;
      layers.forEach((layer, district) => {
        if (!layer) return;
        const colour = fill(scene.of[district], Boolean(scene.unsure && scene.unsure(district)));
        const repaint = painted[district] !== colour;
        if (same && !repaint) return;
        painted[district] = colour;
        Object.assign(layer.options, edges[edge], { fillColor: colour });
        // Leaflet would write a dozen attributes; of a path that is drawn one or two are enough.
        if (!layer._path) layer.redraw();
        else {
          if (repaint) layer._path.setAttribute("fill", colour);
          if (!same) layer._path.setAttribute("stroke", edges[edge].color);
        }
      });
    },
    light(members) {
      const wanted = new Set(members);
      for (const district of lit) if (!wanted.has(district)) outline(district, false);
      for (const district of wanted) if (!lit.has(district)) outline(district, true);
      lit = wanted;
    },
    listen(pointAt, choose) {
      group.on("click", (event) => choose(event.layer.options.district));
      group.on("mouseover mousemove", (event) => pointAt(event.layer.options.district, event.containerPoint));
      group.on("mouseout", () => pointAt(-1));
    },
  };
}

export { create };
