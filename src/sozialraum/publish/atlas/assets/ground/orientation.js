// Water, lines and place names of the project: for orientation only, under everything that can be pointed at.
import { element } from "../core/words.js";

const water = { stroke: false, fill: true, fillColor: "#a9c4d4", fillOpacity: 1, className: "water" };
const line = { color: "#5b6a73", weight: 1.1, opacity: 0.75, className: "way" };

function create(map, { areas, lines, places }) {
  if (!areas.length && !lines.length && !places.length) return;
  map.createPane("orientation").style.zIndex = 410;
  map.getPane("orientation").style.pointerEvents = "none";
  const always = { pane: "orientation", renderer: L.svg({ pane: "orientation", padding: 0.5 }), interactive: false };
  for (const [shapes, look] of [[areas, water], [lines, line]]) {
    for (const geometry of shapes) L.geoJSON(geometry, { ...always, style: () => ({ ...always, ...look }) }).addTo(map);
  }
  for (const { name, lon, lat } of places) {
    const icon = L.divIcon({ className: "place-name", html: element("span", { text: name }), iconSize: null });
    L.marker([lat, lon], { icon, interactive: false, keyboard: false }).addTo(map);
  }
}

export { create };
