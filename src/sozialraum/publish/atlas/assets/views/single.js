// The views of one indicator: values in classes, clusters, verdicts.
import * as classes from "./classes.js";
import * as models from "../core/model.js";
import { entries, none, reason, unknown, word } from "./verdicts.js";
import { amount, date, difference, differenceUnit, number, range, text } from "../core/words.js";

const shownAlways = new Set(["missing", "suppressed"]);

function flagEntries(model) {
  return model.data.flags
    .filter((flag) => flag in model.data.patterns)
    .map((flag) => ({ id: flag, label: text(`flag.${flag}`), pattern: flag, always: shownAlways.has(flag) }));
}

function clusterEntries(model) {
  return model.data.labels.map((label) => ({
    id: `cluster-${label}`,
    label: text(`cluster.${label}`),
    detail: text(`cluster.${label}.legend`),
    colour: model.data.clusterColours[label],
    pattern: label in model.data.patterns ? label : undefined,
    always: label !== "undefined",
  }));
}

// A cell without a value says why, in every view.
function emptyState(model, slice, district) {
  const flag = model.flag(slice, district);
  return flag in model.data.patterns ? flag : "missing";
}

function cityNote(model, { slice, indicator }) {
  const city = slice.city || {};
  if (typeof city.value === "number") return `${models.cityLabel(model, slice)}: ${amount(city.value, indicator)}`;
  if (typeof city.median === "number") return `${text("panel.median")}: ${amount(city.median, indicator)}`;
  return null;
}

function moranNote({ slice }, alpha) {
  const { moran } = slice;
  if (!moran || typeof moran.statistic !== "number" || typeof moran.p !== "number") return null;
  const alike = moran.statistic > moran.expected;
  const key = moran.p > alpha ? "chance" : alike ? "alike" : "unlike";
  return text(`moran.${key}`);
}

function counted(key, count) {
  if (!count) return null;
  return text(count === 1 ? `${key}_one` : key, { count: number(count) });
}

function flagNotes(model, { slice }) {
  const flags = Array.from({ length: model.size }, (_, district) => model.flag(slice, district));
  const hidden = flags.filter((flag, district) => flag === "suppressed" && model.value(slice, district) === null);
  return [
    [counted("legend.hidden", hidden.length), "warn"],
    [counted("legend.unreliable", flags.filter((flag) => flag === "unreliable").length), "warn"],
  ];
}

function common(model, state) {
  const indicator = model.indicators.get(state.indicator);
  const slice = model.slice(indicator, state.date);
  const told = (district) => {
    const value = model.value(slice, district);
    if (value === null) return text(`flag.${model.flag(slice, district)}`);
    return `${model.flag(slice, district) === "unreliable" ? "~ " : ""}${amount(value, indicator)}`;
  };
  return {
    indicator, slice, told,
    amount: (district) => model.value(slice, district),
    isEmpty: (district) => model.value(slice, district) === null,
    subject: `${indicator.label}, ${date(state.date, indicator)}`,
    lines: state.edges ? (slice.edges || []) : [],
    edgesTold: state.edges ? slice.claimTold || text("legend.no_edges") : null,
  };
}

const dates = (model, state) => model.indicators.get(state.indicator).slices.map((slice) => slice.date);

// A view is offered where it can show more than nothing.
const offering = (offers) => ({ offers, available: (model) => model.data.indicators.some(offers) });
const withLabel = (parts, entry) => (district) =>
  parts.isEmpty(district) ? parts.told(district) : `${parts.told(district)} · ${entry(district).label}`;

// Far enough from the city for chance not to explain it: the interval does not hold the city's value.
function unsureLevel({ slice }) {
  const city = slice.city && slice.city.value;
  if (typeof city !== "number" || !slice.lower || !slice.upper) return null;
  return (district) => slice.lower[district] !== null && slice.lower[district] <= city && city <= slice.upper[district];
}

const interval = ({ slice }) => (district) => [slice.lower ? slice.lower[district] : null, slice.upper ? slice.upper[district] : null];

function levelHeadline(model, { slice, indicator, unsure }) {
  const city = slice.city && slice.city.value;
  if (typeof city !== "number" || !unsure) return text(indicator.unit === "%" ? "headline.range" : "headline.range_unit", rangeOf(model, slice, indicator));
  const sure = Array.from({ length: model.size }, (_, district) => district)
    .filter((district) => model.value(slice, district) !== null && !unsure(district));
  const above = sure.filter((district) => model.value(slice, district) > city).length;
  return text("headline.level", { above: number(above), below: number(sure.length - above), city: amount(city, indicator) });
}

function rangeOf(model, slice, indicator) {
  const found = models.ranked(model, slice);
  const told = (district) => (district === undefined ? "–" : amount(model.value(slice, district), indicator));
  const ends = [found[found.length - 1], found[0]];
  // "von −17,6 Prozentpunkte bis" would want another case of the unit: it is said once, at the end.
  const both = found.length ? range(...ends.map((district) => model.value(slice, district)), indicator) : "–";
  return { lowest: told(ends[0]), highest: told(ends[1]), count: number(found.length), range: both };
}

const colourSentence = (indicator) => text(indicator.signed ? `colour.change.${indicator.polarity}` : `colour.${indicator.polarity}`);

const values = {
  tab: "single", ...offering(() => true), dates,
  show(model, state) {
    const parts = common(model, state);
    const { indicator, slice } = parts;
    const unsure = indicator.signed ? null : unsureLevel(parts);
    const found = classes.scheme(indicator, slice, state.classes);
    return {
      ...parts, unsure, interval: interval(parts), unsureTold: text("sure.pale_level"),
      entries: [...classes.classEntries(found, indicator), ...flagEntries(model)],
      stateOf: (district) => (parts.isEmpty(district) ? emptyState(model, slice, district)
        : `class-${classes.classOf(model.value(slice, district), found.limits)}`),
      tip: () => parts.told,
      headline: () => levelHeadline(model, { ...parts, unsure }),
      title: text("legend.values"), sentence: colourSentence(indicator), unit: indicator.unit, edge: "light",
      notes: [
        [cityNote(model, parts), "city-line"], ...flagNotes(model, parts),
        [moranNote(parts, model.data.statistics.alpha || 0.05), "moran"],
        ...classes.classNotes(indicator, found),
      ],
    };
  },
};

// The change since an earlier date. Its classes are the same on both sides of 0, at round numbers.
const steps = [1, 2, 2.5, 5, 10];
function roundUp(size, decimals) {
  if (!(size > 0)) return 10 ** -decimals;
  const power = 10 ** Math.floor(Math.log10(size));
  const found = (steps.find((step) => step * power >= size * 0.999) || 10) * power;
  return Math.max(found, 10 ** -decimals);
}

function changesOf(model, before, slice, decimals) {
  const unit = 10 ** decimals;
  return Array.from({ length: model.size }, (_, district) => {
    const [then, now] = [model.value(before, district), model.value(slice, district)];
    return then === null || now === null ? null : Math.round((now - then) * unit) / unit;
  });
}

function changeEntries(indicator, colours, step) {
  const { decimals } = indicator;
  const told = (value) => `${value > 0 ? "+" : ""}${number(value, decimals)}`;
  const [falling, none, rising] = colours;
  const ranges = [[1, 2], [0, 1]];
  const open = (key, value) => text(key, { value: told(value) });
  const found = [
    { id: "up-2", label: open("legend.more", 2 * step), colour: rising[2] },
    ...ranges.map(([from, to]) => ({ id: `up-${from}`, colour: rising[from],
      label: from ? text("legend.range", { from: told(from * step), to: told(to * step) }) : open("legend.up_to", to * step) })),
    { id: "same", label: text("legend.unchanged"), colour: none },
    ...[...ranges].reverse().map(([from, to]) => ({ id: `down-${from}`, colour: falling[2 - from],
      label: from ? text("legend.range", { from: told(-to * step), to: told(-from * step) }) : open("legend.down_to", -to * step) })),
    { id: "down-2", label: open("legend.less", -2 * step), colour: falling[0] },
  ].map((entry) => ({ ...entry, always: true }));
  return classes.worstFirst(found.reverse(), indicator.polarity);
}

// Whether two intervals touch: then chance may explain the change.
function touching(before, slice) {
  if (!before.lower || !slice.lower) return null;
  return (district) => before.lower[district] !== null && slice.lower[district] !== null
    && before.lower[district] <= slice.upper[district] && slice.lower[district] <= before.upper[district];
}

function changeTelling(parts, changes) {
  const { indicator } = parts;
  const signed = (value) => `${value > 0 ? "+" : ""}${difference(value, indicator)}`;
  const told = (district) => (changes[district] === null ? text("legend.no_change") : signed(changes[district]));
  // The head of the list names the unit once.
  const brief = (district) => (changes[district] === null ? text("panel.series_gap")
    : `${changes[district] > 0 ? "+" : ""}${number(changes[district], indicator.decimals)}`);
  return { told, brief, signed, amount: (district) => changes[district], isEmpty: (district) => changes[district] === null };
}

// Where intervals tell what chance may explain, only the rest is called risen or fallen.
function changeHeadline(among, unsure, since) {
  const [up, down] = ["up", "down"].map((way) => among(`${way}-0`, `${way}-1`, `${way}-2`));
  if (!unsure) return text("headline.change", { up: number(up.length), down: number(down.length), since });
  const [risen, fallen] = [up, down].map((changed) => changed.filter((district) => !unsure(district)).length);
  return text("headline.change_sure", { up: number(risen), down: number(fallen), since,
    rest: number(up.length + down.length - risen - fallen) });
}

const change = {
  tab: "single", ...offering((indicator) => indicator.slices.length > 1 && !indicator.signed),
  dates: (model, state) => dates(model, state).slice(1),
  since(model, state, wanted) {
    const earlier = dates(model, state).filter((iso) => iso < state.date);
    return earlier.includes(wanted) ? wanted : earlier[earlier.length - 1];
  },
  show(model, state) {
    const parts = common(model, state);
    const { indicator, slice } = parts;
    const before = model.slice(indicator, state.since);
    const changes = changesOf(model, before, slice, indicator.decimals);
    const sizes = changes.filter((value) => value !== null).map(Math.abs).sort((a, b) => a - b);
    const step = roundUp(sizes[Math.floor(sizes.length * 0.4)] || 0, indicator.decimals);
    const telling = changeTelling(parts, changes);
    const unsure = touching(before, slice);
    const size = (value) => (Math.abs(value) > 2 * step ? 2 : Math.abs(value) > step ? 1 : 0);
    return {
      ...parts, ...telling, since: state.since, allDates: dates(model, state), lines: [], edgesTold: null,
      unsure: unsure && ((district) => changes[district] !== null && unsure(district)), unsureTold: text("sure.pale_change"),
      entries: [...changeEntries(indicator, model.data.changeColours[indicator.polarity] || model.data.changeColours.context, step),
        { id: "none", label: text("legend.no_change"), pattern: "missing", always: false }],
      stateOf: (district) => {
        const value = changes[district];
        return value === null ? "none" : value === 0 ? "same" : `${value > 0 ? "up" : "down"}-${size(value)}`;
      },
      tip: () => telling.told,
      headline: (among) => changeHeadline(among, unsure, date(state.since, indicator)),
      subject: `${indicator.label}, ${date(state.since, indicator)} – ${date(state.date, indicator)}`,
      title: text("legend.change"), sentence: text(`colour.change.${indicator.polarity}`),
      unit: differenceUnit(indicator.unit), edge: "light", measure: text("list.change", { since: date(state.since, indicator) }) + (indicator.unit ? ` (${differenceUnit(indicator.unit)})` : ""),
      notes: [[text("sure.change"), "small"]],
    };
  },
};

const clusters = {
  tab: "single", dates,
  ...offering((indicator) => indicator.slices.some((slice) => slice.clusters)),
  show(model, state) {
    const parts = common(model, state);
    const { indicator, slice } = parts;
    return {
      ...parts, interval: interval(parts),
      entries: [...clusterEntries(model), ...flagEntries(model)],
      stateOf: (district) => {
        const label = model.label(slice, district);
        return label === "undefined" && parts.isEmpty(district) ? emptyState(model, slice, district) : `cluster-${label}`;
      },
      tip: (entry) => withLabel(parts, entry),
      headline: (among) => text("headline.clusters", { high: number(among("cluster-high-high").length),
        low: number(among("cluster-low-low").length) }),
      title: text("legend.clusters"), sentence: text(`colour.clusters_${indicator.polarity}`), unit: "", edge: "grey",
      notes: [
        ...flagNotes(model, parts), [slice.clusters ? null : text("sure.no_clusters"), "warn"],
        [moranNote(parts, model.data.statistics.alpha || 0.05), "moran"],
        // The city clusters, and yet the map is empty: that wants a reason.
        [alikeButNone(model, slice) ? text("moran.but_none") : null, "small"],
      ],
    };
  },
};

function alikeButNone(model, { clusters: labels, moran }) {
  if (!labels || !moran || !(moran.statistic > moran.expected) || !(moran.p <= (model.data.statistics.alpha || 0.05))) return false;
  return !Array.from(labels).some((digit) => ["high-high", "low-low", "low-high", "high-low"].includes(model.data.labels[+digit]));
}

const verdict = {
  tab: "single", dates,
  offers: (indicator) => indicator.slices.some((slice) => slice.judged),
  available: (model) => model.data.indicators.some((indicator) => indicator.slices.some((slice) => slice.judged)),
  show(model, state) {
    const parts = common(model, state);
    const { slice } = parts;
    return {
      ...parts, interval: interval(parts),
      entries: [...entries(model, "verdict"), ...unknown(model, "verdict"), ...flagEntries(model)],
      stateOf: (district) => {
        const found = word(model, "verdict", slice.verdicts, district);
        if (found !== none) return found;
        if (parts.isEmpty(district)) return emptyState(model, slice, district);
        return `none-${reason(model, "verdict", slice.verdictReasons, district).id}`;
      },
      tip: (entry) => withLabel(parts, entry),
      headline: (among) => text("headline.verdict", { burdened: number(among("conspicuous (unfavourable)").length),
        favourable: number(among("conspicuous (favourable)").length) }),
      title: text("legend.verdict"), sentence: text("colour.verdict"), unit: "", edge: "grey",
      notes: [[cityNote(model, parts), "city-line"], ...flagNotes(model, parts)],
    };
  },
};

const views = { values, change, clusters, verdict };

export { views, common, dates, emptyState, flagEntries, interval, rangeOf };
