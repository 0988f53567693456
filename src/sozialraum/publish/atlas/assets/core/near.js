// Who lies beside whom, where in the city, and how many people live there.
import { lazily, unpackColumn } from "./columns.js";
import * as geometry from "../ground/geometry.js";
import * as shapesPart from "./shapes.js";

const once = (make) => {
  let found;
  return () => {
    found = found || make();
    return found;
  };
};

function neighbourLists({ data, size }) {
  /** @type {number[][]} */
  const lists = Array.from({ length: size }, () => []);
  const join = (first, second) => { lists[first].push(second); lists[second].push(first); };
  if (data.neighbours) {
    const [first, second] = data.neighbours.map(unpackColumn);
    first.forEach((one, place) => join(one, second[place]));
  } else {
    for (const pair of shapesPart.shared(data.districts.shapes.map(shapesPart.unpack)).keys()) join(...(/** @type {[number, number]} */ (pair.split(",").map(Number))));
  }
  return lists;
}

// The middle of a district's box in degrees; null where it has no area.
function middlesOf({ data, flat }) {
  const { digits, origin } = data.districts;
  const unit = 10 ** digits;
  return data.districts.keys.map((_, district) => (geometry.exists(flat(), district)
    ? geometry.middle(flat(), district).map((place, axis) => (place + origin[axis]) / unit) : null));
}

// Everything is found when it is first asked for.
function extend(model) {
  const { data } = model;
  const flat = once(() => geometry.flatten(data.districts.shapes));
  const held = { data, size: model.size, flat };
  lazily(data.people, Object.keys(data.people));
  return {
    ...model, flat, neighbours: once(() => neighbourLists(held)), middles: once(() => middlesOf(held)),
    people: (date) => data.people[date] || null,
  };
}

// Members that hang together, the largest group first.
function components(model, members) {
  const lists = model.neighbours();
  const open = new Set(members);
  const found = [];
  for (const start of members) {
    if (!open.delete(start)) continue;
    const group = [start];
    for (const one of group) for (const other of lists[one]) if (open.delete(other)) group.push(other);
    found.push(group.sort((a, b) => a - b));
  }
  return found.sort((a, b) => b.length - a.length || a[0] - b[0]);
}

// What part of the city a group lies in: the larger area that holds all of it, else a point of the compass.
const ways = ["e", "ne", "n", "nw", "w", "sw", "s", "se"];

function quantile(sorted, part) {
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.round(part * (sorted.length - 1))))];
}

function whereabouts(model, members) {
  for (const level of model.data.districts.parents) {
    const code = level.codes[members[0]];
    if (code >= 0 && members.every((one) => level.codes[one] === code)) return { name: level.names[code] };
  }
  const middles = model.middles();
  const known = middles.filter(Boolean);
  const own = members.map((one) => middles[one]).filter(Boolean);
  if (!own.length) return { way: "none" };
  // A far island must not move the city's middle.
  const [right, up] = [0, 1].map((axis) => {
    const sorted = known.map((place) => place[axis]).sort((a, b) => a - b);
    const half = (quantile(sorted, 0.95) - quantile(sorted, 0.05)) / 2 || 1;
    const mean = own.reduce((sum, place) => sum + place[axis], 0) / own.length;
    return (mean - quantile(sorted, 0.5)) / half;
  });
  if (Math.hypot(right, up) < 0.35) return { way: "middle" };
  return { way: ways[(Math.round(Math.atan2(up, right) / (Math.PI / 4)) + 8) % 8] };
}

// How many people are known to live in districts, and in how many of these nobody may be counted.
function peopleIn(model, date, members) {
  const counts = model.people(date);
  if (!counts) return null;
  const known = members.map((one) => counts[one]).filter((count) => count !== null);
  return { count: known.reduce((sum, count) => sum + count, 0), lacking: members.length - known.length };
}

export { extend, components, whereabouts, peopleIn };
