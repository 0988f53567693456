// The views of one indicator: values in classes, clusters, verdicts.
import * as models from "../core/model.js";
import { entries, none, reason, unknown, word } from "./verdicts.js";
import { amount, date, number, probability, text } from "../core/words.js";

const shownAlways = new Set(["missing", "suppressed"]);

function classOf(value, limits) {
  const found = limits.findIndex((limit) => value <= limit);
  return found < 0 ? limits.length - 1 : found;
}

function classEntries(indicator) {
  const { limits, decimals } = indicator;
  const step = 10 ** -decimals;
  return limits.map((limit, place) => {
    const from = place ? limits[place - 1] + step : indicator.lowest;
    const label = limit - from < step / 2
      ? number(limit, decimals)
      : text("legend.range", { from: number(from, decimals), to: number(limit, decimals) });
    return { id: `class-${place}`, label, colour: indicator.colours[place], always: true };
  });
}

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
  return text(`moran.${key}`, {
    statistic: number(moran.statistic, 2),
    p: probability(moran.p, alpha),
    districts: number(moran.districts),
  });
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
    subject: `${indicator.label}, ${date(state.date)}`,
    lines: state.edges ? (slice.edges || []) : [],
    edgesTold: state.edges ? slice.claimTold || text("legend.no_edges") : null,
  };
}

const dates = (model, state) => model.indicators.get(state.indicator).slices.map((slice) => slice.date);
const anySlice = (name) => (model) =>
  model.data.indicators.some((indicator) => indicator.slices.some((slice) => slice[name]));
const withLabel = (parts, entry) => (district) =>
  parts.isEmpty(district) ? parts.told(district) : `${parts.told(district)} · ${entry(district).label}`;

const values = {
  tab: "single", available: () => true, dates,
  show(model, state) {
    const parts = common(model, state);
    const { indicator, slice } = parts;
    return {
      ...parts,
      entries: [...classEntries(indicator), ...flagEntries(model)],
      stateOf: (district) => (parts.isEmpty(district) ? emptyState(model, slice, district)
        : `class-${classOf(model.value(slice, district), indicator.limits)}`),
      tip: () => parts.told,
      title: text("legend.values"), sentence: text(`colour.${indicator.polarity}`), unit: indicator.unit, edge: "light",
      notes: [
        [cityNote(model, parts), "city-line"], ...flagNotes(model, parts),
        [moranNote(parts, model.data.statistics.alpha || 0.05), "moran"],
        [indicator.slices.length > 1 ? text("legend.same_classes") : null, "small"],
      ],
    };
  },
};

const clusters = {
  tab: "single", available: anySlice("clusters"), dates,
  show(model, state) {
    const parts = common(model, state);
    const { indicator, slice } = parts;
    const sentence = indicator.polarity === "resource" ? "colour.clusters_resource" : "colour.clusters";
    return {
      ...parts,
      entries: [...clusterEntries(model), ...flagEntries(model)],
      stateOf: (district) => {
        const label = model.label(slice, district);
        return label === "undefined" && parts.isEmpty(district) ? emptyState(model, slice, district) : `cluster-${label}`;
      },
      tip: (entry) => withLabel(parts, entry),
      title: text("legend.clusters"), sentence: text(sentence), unit: "", edge: "grey",
      notes: [
        ...flagNotes(model, parts), [slice.clusters ? null : text("sure.no_clusters"), "warn"],
        [moranNote(parts, model.data.statistics.alpha || 0.05), "moran"],
      ],
    };
  },
};

const verdict = {
  tab: "single", available: anySlice("verdicts"), dates,
  show(model, state) {
    const parts = common(model, state);
    const { slice } = parts;
    return {
      ...parts,
      entries: [...entries(model, "verdict"), ...unknown(model, "verdict"), ...flagEntries(model)],
      stateOf: (district) => {
        const found = word(model, "verdict", slice.verdicts, district);
        if (found !== none) return found;
        if (parts.isEmpty(district)) return emptyState(model, slice, district);
        return `none-${reason(model, "verdict", slice.verdictReasons, district).id}`;
      },
      tip: (entry) => withLabel(parts, entry),
      title: text("legend.verdict"), sentence: text("colour.verdict"), unit: "", edge: "grey",
      notes: [[cityNote(model, parts), "city-line"], ...flagNotes(model, parts)],
    };
  },
};

export { values, clusters, verdict };
