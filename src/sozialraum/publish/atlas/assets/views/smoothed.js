// Values of small districts drawn towards what is around them: chance weighs less, and so does the district itself.
import * as classes from "./classes.js";
import * as parts from "./single.js";
import { amount, text } from "../core/words.js";

const offers = (indicator) => indicator.slices.some((slice) => slice.smoothed);
const towardsOf = (indicator) => ["city", "local"].filter((name) =>
  indicator.slices.some((slice) => (name === "city" ? slice.smoothed : slice.smoothedLocal)));

const smoothed = {
  tab: "single", offers, dates: parts.dates,
  available: (model) => model.data.indicators.some(offers),
  show(model, state) {
    const common = parts.common(model, state);
    const { indicator, slice } = common;
    const local = state.towards === "local";
    const list = (local ? slice.smoothedLocal : slice.smoothed) || [];
    const value = (district) => (list[district] === undefined ? null : list[district]);
    const isEmpty = (district) => value(district) === null;
    const found = classes.scheme(indicator, slice, state.classes);
    // A district without neighbours has a value, but nothing that it could be drawn towards.
    const alone = { id: "alone", label: text("cluster.isolated"), pattern: "isolated", always: false };
    const lone = (district) => local && model.value(slice, district) !== null;
    const told = (district) => (isEmpty(district) ? (lone(district) ? alone.label : text(`flag.${model.flag(slice, district)}`)) : amount(value(district), indicator));
    return {
      ...common, lines: [], edgesTold: null, told, isEmpty, amount: value, towardsOf: towardsOf(indicator),
      interval: local || !slice.smoothedLower ? null : (district) => [slice.smoothedLower[district], slice.smoothedUpper[district]],
      entries: [...classes.classEntries(found, indicator), alone, ...parts.flagEntries(model)],
      stateOf: (district) => (isEmpty(district) ? (lone(district) ? alone.id : parts.emptyState(model, slice, district))
        : `class-${classes.classOf(value(district), found.limits)}`),
      tip: () => (district) => (isEmpty(district) ? told(district)
        : text("smoothed.tip", { smoothed: told(district), value: amount(model.value(slice, district), indicator) })),
      headline: () => text("headline.smoothed", parts.rangeOf(model, { values: list }, indicator)),
      title: text(local ? "legend.smoothed_local" : "legend.smoothed"), sentence: text(`colour.${indicator.polarity}`),
      unit: indicator.unit, edge: "light", measure: text(local ? "list.smoothed_local" : "list.smoothed"),
      notes: [[text(local ? "smoothed.local.told" : "smoothed.city.told"), "small"], ...classes.classNotes(indicator, found)],
    };
  },
};

const views = { smoothed };
export { views, towardsOf };
