// Unpacks district polygons; the counterpart of `pack_shapes`.

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

// Hands each stretch that two districts share to `found`. It is part of both polygons, so nothing needs to be
// stored for it.
function meet(shapes, found) {
  const open = new Map();
  shapes.forEach((polygons, district) => {
    for (const ring of polygons.flat()) {
      ring.forEach((a, place) => {
        const b = ring[(place + 1) % ring.length];
        const swap = a[0] > b[0] || (a[0] === b[0] && a[1] > b[1]);
        const key = swap ? `${b}|${a}` : `${a}|${b}`;
        if (open.has(key)) found(open.get(key), district, [a, b]);
        else open.set(key, district);
      });
    }
  });
}

// Borders between districts of different larger areas, as pairs of points.
function borders(shapes, codes) {
  const found = [];
  meet(shapes, (first, second, pair) => { if (codes[first] !== codes[second]) found.push(pair); });
  return found;
}

// All borders: the pairs of points by "place of the first district, place of the second".
function shared(shapes) {
  const found = new Map();
  meet(shapes, (first, second, pair) => {
    const key = `${Math.min(first, second)},${Math.max(first, second)}`;
    if (!found.has(key)) found.set(key, []);
    found.get(key).push(pair);
  });
  return found;
}

export { unpack, borders, shared };
