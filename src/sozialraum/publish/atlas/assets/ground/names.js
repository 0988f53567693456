// Names of districts, where a district is wide enough for its name: the nearer one looks, the more there are.
import { element } from "../core/words.js";
import { tidy } from "./clutter.js";

const most = 90;
const many = 8;
const letter = 7.4;
const line = 20;

// Width and height in degrees and the middle of each district, reckoned once, when the first names are wanted.
function sizes(model, ground) {
  return Array.from({ length: model.size }, (_, district) => {
    const bounds = ground.bounds(district);
    return bounds && { middle: bounds.getCenter(), wide: bounds.getEast() - bounds.getWest(), high: bounds.getNorth() - bounds.getSouth() };
  });
}

// Which districts have room for their names: those on screen, the widest first.
function fitting({ names, found, view, degree }) {
  const wanted = [];
  found.forEach((size, district) => {
    if (!size || !view.contains(size.middle)) return;
    const across = size.wide * degree;
    const up = (size.high * degree) / Math.cos((size.middle.lat * Math.PI) / 180);
    if (across >= names[district].length * letter + 6 && up >= line) wanted.push([across, district]);
  });
  return wanted.sort((a, b) => b[0] - a[0]).slice(0, most).map(([, district]) => district);
}

function create(map, model, ground) {
  const { names } = model.data.districts;
  const group = L.layerGroup().addTo(map);
  map.createPane("names").style.zIndex = 560;
  map.getPane("names").style.pointerEvents = "none";
  let found = null;
  let shown = "";
  function update() {
    const degree = (256 * 2 ** map.getZoom()) / 360;
    found = found || sizes(model, ground);
    const wanted = fitting({ names, found, view: map.getBounds(), degree });
    map.getContainer().classList.toggle("named", wanted.length >= many);
    put(wanted);
    tidy(map.getContainer());
  }
  function put(wanted) {
    const key = wanted.join(" ");
    if (key === shown) return;
    shown = key;
    group.clearLayers();
    for (const district of wanted) {
      const icon = L.divIcon({ className: "district-name", html: element("span", { text: names[district] }), iconSize: null });
      L.marker(found[district].middle, { icon, pane: "names", interactive: false, keyboard: false }).addTo(group);
    }
  }
  // After the map has come to rest, so that a switch or a drag does not wait for it.
  let waiting = 0;
  const later = () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(update, 120);
  };
  map.on("zoomend moveend resize", later);
  later();
  return { later };
}

export { create, fitting };
