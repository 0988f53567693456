// Unpacks district polygons; the counterpart of `pack_shapes`.
"use strict";
(() => {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const values = new Uint8Array(128);
  for (let place = 0; place < alphabet.length; place += 1) values[alphabet.charCodeAt(place)] = place;

  function reader(packed) {
    let place = 0;
    return () => {
      let number = 0;
      let factor = 1;
      let group;
      do {
        group = values[packed.charCodeAt(place)];
        place += 1;
        number += (group & 31) * factor;
        factor *= 32;
      } while (group & 32);
      return number % 2 ? -(number + 1) / 2 : number / 2;
    };
  }

  // Polygons, each a list of rings, each a list of whole numbers [x, y] counted from the city's origin.
  function unpack(packed) {
    if (!packed) return [];
    const next = reader(packed);
    const list = (make) => Array.from({ length: next() }, make);
    let x = 0;
    let y = 0;
    const point = () => {
      x += next();
      y += next();
      return [x, y];
    };
    return list(() => list(() => list(point)));
  }

  // Borders between districts of different larger areas, as pairs of points. Each border is found in both
  // of its districts, so nothing needs to be stored for it.
  function borders(shapes, codes) {
    const open = new Map();
    const found = [];
    const visit = (a, b, code) => {
      const swap = a[0] > b[0] || (a[0] === b[0] && a[1] > b[1]);
      const key = swap ? `${b}|${a}` : `${a}|${b}`;
      if (!open.has(key)) open.set(key, code);
      else if (open.get(key) !== code) found.push([a, b]);
    };
    shapes.forEach((polygons, district) => {
      for (const ring of polygons.flat()) {
        ring.forEach((point, place) => visit(point, ring[(place + 1) % ring.length], codes[district]));
      }
    });
    return found;
  }

  const Sozialraum = (window.Sozialraum = window.Sozialraum || {});
  Sozialraum.shapes = { unpack, borders };
})();
