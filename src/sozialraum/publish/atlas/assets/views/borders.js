// Where values jump at a border, and where such borders hang together as a wall.
import * as classes from "./classes.js";
import * as parts from "./single.js";
import { difference, number, text } from "../core/words.js";

const offers = (indicator) => indicator.slices.some((slice) => slice.edges && slice.edges.length);
const length = (metres) => (metres < 1000 ? `${number(metres)} m` : `${number(metres / 1000, 1)} km`);

function wallTold(indicator, wall, place) {
  const [from, to] = wall.ends;
  return text("borders.wall", { number: number(place + 1), count: number(wall.borders.length), length: length(wall.length),
    jump: difference(wall.jump, indicator), from, to });
}

const borders = {
  tab: "single", offers, dates: parts.dates,
  available: (model) => model.data.indicators.some(offers),
  show(model, state) {
    const common = parts.common(model, { ...state, edges: true });
    const { indicator, slice } = common;
    const walls = slice.walls || [];
    const found = classes.scheme(indicator, slice, state.classes);
    return {
      ...common, walls, interval: parts.interval(common), always: true,
      entries: [...classes.classEntries(found, indicator), ...parts.flagEntries(model)],
      stateOf: (district) => (common.isEmpty(district) ? parts.emptyState(model, slice, district)
        : `class-${classes.classOf(model.value(slice, district), found.limits)}`),
      tip: () => common.told,
      headline: () => text(walls.length === 1 ? "headline.borders_one" : "headline.borders",
        { sharp: number(common.lines.length), walls: number(walls.length) }),
      title: text("legend.borders"), sentence: text(`colour.${indicator.polarity}`), unit: indicator.unit, edge: "light",
      // Of one wall the sentence on transitions tells already.
      notes: walls.length < 2 ? [] : walls.map((wall, place) => [wallTold(indicator, wall, place), "wall"]),
    };
  },
};

const views = { borders };
export { views };
