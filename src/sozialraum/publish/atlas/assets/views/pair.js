// Two indicators at once: each in three parts of equally many districts, dark where both are unfavourable.
import * as parts from "./single.js";
import { amount, date, number, text } from "../core/words.js";

const thirds = ["low", "middle", "high"];
const datesOf = ({ slices }) => slices.map((slice) => slice.date);
const common = (first, second) => datesOf(first).filter((iso) => datesOf(second).includes(iso));

// With which indicators another one can be shown: those that are levels, and known at a date of its own.
function partners(model, indicator) {
  if (indicator.signed) return [];
  return model.data.indicators.filter((one) => one.id !== indicator.id && !one.signed && common(indicator, one).length);
}

// The limits of the lower and the middle third; districts of one value stay together.
function limitsOf(values) {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b);
  const at = (part) => sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)];
  return { low: at(1 / 3), middle: at(2 / 3) };
}

const thirdOf = (value, { low, middle }) => (value <= low ? 0 : value <= middle ? 1 : 2);

// One of the two indicators: values, thirds, and how dark each third is.
function sideOf(model, indicator, iso) {
  const slice = model.slice(indicator, iso);
  const values = Array.from({ length: model.size }, (_, district) => model.value(slice, district));
  const limits = limitsOf(values);
  const third = (district) => (values[district] === null ? -1 : thirdOf(values[district], limits));
  const [lower, upper] = [slice.lower, slice.upper];
  return {
    indicator, slice, values, third,
    dark: (place) => (indicator.polarity === "resource" ? 2 - place : place),
    told: (district) => (values[district] === null ? text(`flag.${model.flag(slice, district)}`) : amount(values[district], indicator)),
    // Chance can lead into another third.
    unsure: lower && upper ? (district) => lower[district] !== null
      && thirdOf(lower[district], limits) !== thirdOf(upper[district], limits) : null,
  };
}

const idOf = (a, b) => `pair-${a}-${b}`;

function entriesOf(model, first, second) {
  return [2, 1, 0].flatMap((a) => [0, 1, 2].map((b) => ({
    id: idOf(a, b), label: text("pair.class", { first: text(`pair.${thirds[a]}`), second: text(`pair.${thirds[b]}`) }),
    colour: model.data.pairColours[first.dark(a)][second.dark(b)], always: false, row: 2 - a, column: b,
  })));
}

// How many districts would lie in the darkest third of both if the two had nothing to do with each other.
function headline(model, first, second) {
  const known = Array.from({ length: model.size }, (_, district) => district)
    .filter((district) => first.third(district) >= 0 && second.third(district) >= 0);
  const darkest = (side) => (district) => side.dark(side.third(district)) === 2;
  const [a, b] = [first, second].map((side) => known.filter(darkest(side)).length);
  const both = known.filter((district) => darkest(first)(district) && darkest(second)(district)).length;
  const judged = [first, second].every(({ indicator }) => indicator.polarity !== "context");
  return text(judged ? "headline.pair" : "headline.pair_context", { both: number(both), districts: number(known.length),
    expected: number(known.length ? (a * b) / known.length : 0) });
}

const pair = {
  tab: "single",
  offers: (indicator, model) => partners(model, indicator).length > 0,
  available: (model) => model.data.indicators.some((indicator) => partners(model, indicator).length),
  dates(model, state) {
    return common(model.indicators.get(state.indicator), model.indicators.get(state.with));
  },
  show(model, state) {
    const shared = parts.common(model, state);
    const first = sideOf(model, shared.indicator, state.date);
    const second = sideOf(model, model.indicators.get(state.with), state.date);
    const empty = (district) => first.third(district) < 0 || second.third(district) < 0;
    const missing = (district) => parts.emptyState(model, (first.third(district) < 0 ? first : second).slice, district);
    const told = (district) => text("pair.told", { first: first.told(district), second: second.told(district) });
    const both = (key) => text(key, { first: first.indicator.label, second: second.indicator.label });
    return {
      ...shared, lines: [], edgesTold: null, told, isEmpty: empty, long: true, interval: parts.interval(shared),
      partners: partners(model, shared.indicator), with: state.with,
      unsure: first.unsure || second.unsure ? (district) => !empty(district)
        && [first, second].some((side) => side.unsure && side.unsure(district)) : null,
      unsureTold: text("sure.pale_pair"),
      entries: [...entriesOf(model, first, second), ...parts.flagEntries(model).map((entry) => ({ ...entry, always: false }))],
      grid: { cells: entriesOf(model, first, second), first: first.indicator.label, second: second.indicator.label },
      stateOf: (district) => (empty(district) ? missing(district) : idOf(first.third(district), second.third(district))),
      tip: () => (district) => [first, second].map((side) => `${side.indicator.label}: ${side.told(district)}`).join(" · "),
      headline: () => headline(model, first, second),
      subject: `${first.indicator.label} · ${second.indicator.label}, ${date(state.date, shared.indicator)}`,
      title: text("legend.pair"), sentence: text("colour.pair"), unit: "", edge: "light", measure: both("pair.measure"),
      notes: [[text("pair.told_thirds"), "small"]],
    };
  },
};

const views = { pair };

export { views, partners, limitsOf, thirdOf };
