// The charts beside the map: what is pointed at in one lights up in all.
import { course } from "../charts/course.js";
import { multiples } from "../charts/multiples.js";
import { scatter } from "../charts/scatter.js";
import { spread } from "../charts/spread.js";
import { targetGroups } from "../charts/groups.js";

const makers = [spread, course, scatter, targetGroups, multiples];
/** @type {any[]} */
let current = [];

const offered = () => true;

function draw(model, scene, act, state) {
  const extra = { course: state.compare, multiples: state };
  current = makers.map((make) => make(model, scene, act, extra[make.name])).filter(Boolean);
  return current.map(({ node }) => node);
}

const light = (members) => current.forEach((chart) => chart.light(members));

export { offered, draw, light };
