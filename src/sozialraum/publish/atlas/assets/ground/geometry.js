// The districts' polygons as flat lists of numbers: quick to read, to draw and to search, however many there are.

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const values = new Uint8Array(128);
for (let place = 0; place < alphabet.length; place += 1) values[alphabet.charCodeAt(place)] = place;

// A list that grows; twice as long whenever it is full.
function growing(make) {
  let list = make(4096);
  let length = 0;
  return {
    push(value) {
      if (length === list.length) {
        const longer = make(2 * length);
        longer.set(list);
        list = longer;
      }
      list[length] = value;
      length += 1;
    },
    length: () => length,
    done: () => list.subarray(0, length),
  };
}

/**
 * @param {string[]} shapes packed polygons, see `pack_shapes`
 * @returns whole numbers counted from the city's origin: x and y of each point; where each ring begins (`rings`, one more
 *   at the end) and where each district's rings begin (`first`, likewise); west, south, east, north of each district.
 */
function flatten(shapes) {
  const size = shapes.length;
  const [x, y] = [0, 1].map(() => growing((length) => new Int32Array(length)));
  const rings = growing((length) => new Uint32Array(length));
  const first = new Uint32Array(size + 1);
  const boxes = new Int32Array(4 * size);
  shapes.forEach((packed, district) => {
    first[district] = rings.length();
    readInto(packed, { x, y, rings }, boxes, 4 * district);
  });
  first[size] = rings.length();
  rings.push(x.length());
  return { size, x: x.done(), y: y.done(), rings: rings.done(), first, boxes };
}

function readInto(packed, { x, y, rings }, boxes, at) {
  let place = 0;
  const next = () => {
    let number = 0;
    let shift = 1;
    let group;
    do {
      group = values[packed.charCodeAt(place)];
      place += 1;
      number += (group & 31) * shift;
      shift *= 32;
    } while (group & 32);
    return number % 2 ? -(number + 1) / 2 : number / 2;
  };
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  let [atX, atY] = [0, 0];
  for (let polygons = packed ? next() : 0; polygons > 0; polygons -= 1) {
    for (let count = next(); count > 0; count -= 1) {
      rings.push(x.length());
      for (let points = next(); points > 0; points -= 1) {
        atX += next();
        atY += next();
        x.push(atX);
        y.push(atY);
        if (atX < west) west = atX;
        if (atX > east) east = atX;
        if (atY < south) south = atY;
        if (atY > north) north = atY;
      }
    }
  }
  boxes.set(packed ? [west, south, east, north] : [1, 1, 0, 0], at);
}

const exists = (flat, district) => flat.first[district + 1] > flat.first[district];
const middle = ({ boxes }, district) =>
  [(boxes[4 * district] + boxes[4 * district + 2]) / 2, (boxes[4 * district + 1] + boxes[4 * district + 3]) / 2];

// The rings of a district, each a list of [x, y]; which of them are holes, the rule of even and odd tells.
function ringsOf({ x, y, rings, first }, district) {
  const found = [];
  for (let ring = first[district]; ring < first[district + 1]; ring += 1) {
    const points = [];
    for (let at = rings[ring]; at < rings[ring + 1]; at += 1) points.push([x[at], y[at]]);
    found.push(points);
  }
  return found;
}

// Whether a point lies inside a district: how often a line to the east crosses its border.
function inside({ x, y, rings, first }, district, px, py) {
  let odd = false;
  for (let ring = first[district]; ring < first[district + 1]; ring += 1) {
    for (let at = rings[ring], last = rings[ring + 1] - 1; at < rings[ring + 1]; last = at, at += 1) {
      if ((y[at] > py) !== (y[last] > py) && px < ((x[last] - x[at]) * (py - y[at])) / (y[last] - y[at]) + x[at]) odd = !odd;
    }
  }
  return odd;
}

// Finds the district under a point: only those are asked whose box lies in the same cell of a grid.
function finder(flat) {
  const { size, boxes } = flat;
  const known = Array.from({ length: size }, (_, district) => district).filter((district) => exists(flat, district));
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const district of known) {
    west = Math.min(west, boxes[4 * district]);
    south = Math.min(south, boxes[4 * district + 1]);
    east = Math.max(east, boxes[4 * district + 2]);
    north = Math.max(north, boxes[4 * district + 3]);
  }
  const side = Math.max(1, Math.ceil(Math.sqrt(known.length)));
  const [wide, high] = [(east - west || 1) / side, (north - south || 1) / side];
  const column = (value) => Math.max(0, Math.min(side - 1, Math.floor((value - west) / wide)));
  const row = (value) => Math.max(0, Math.min(side - 1, Math.floor((value - south) / high)));
  const cells = new Map();
  for (const district of known) {
    const at = 4 * district;
    for (let r = row(boxes[at + 1]); r <= row(boxes[at + 3]); r += 1) {
      for (let c = column(boxes[at]); c <= column(boxes[at + 2]); c += 1) {
        const cell = r * side + c;
        if (cells.has(cell)) cells.get(cell).push(district);
        else cells.set(cell, [district]);
      }
    }
  }
  return (px, py) => {
    const found = (cells.get(row(py) * side + column(px)) || []).find((district) => inside(flat, district, px, py));
    return found === undefined ? -1 : found;
  };
}

export { flatten, exists, middle, ringsOf, inside, finder };
