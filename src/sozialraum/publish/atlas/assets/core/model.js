// What the page knows, and how to look it up.
import * as near from "./near.js";
import { lazily } from "./columns.js";
import { number, tellPeriods, text } from "./words.js";

const cellColumns = ["values", "lower", "upper", "numerator", "denominator", "p", "pAdjusted", "distance", "verdictP",
  "verdictPAdjusted", "smoothed", "smoothedLower", "smoothedUpper", "smoothedLocal"];
const indexColumns = ["value", "rank", "fixedValue", "change", "statusPeriods", "negativePeriods"];

/** @param {AtlasData} data */
function unpackAll({ indicators, assessment }) {
  for (const indicator of indicators) indicator.slices.forEach((slice) => lazily(slice, cellColumns));
  if (!assessment) return;
  Object.values(assessment.index).flat().forEach((slice) => {
    lazily(slice, indexColumns);
    if (slice.parts) lazily(slice.parts, Object.keys(slice.parts));
  });
  Object.values(assessment.profiles).flat().forEach((slice) => {
    lazily(slice, ["assessable"]);
    for (const coded of [slice.unfavourableBy, slice.favourableBy]) if (coded) lazily(coded, ["codes"]);
  });
  if (assessment.robustness) {
    lazily(assessment.robustness, ["same", "sameDynamic", "sameAttention", "rank", "lower", "upper"]);
  }
  if (assessment.variants) {
    lazily(assessment.variants, ["same"]);
    lazily(assessment.variants.classes, assessment.variants.classes.map((_, place) => place));
  }
}

/** @param {AtlasData} data */
function create(data) {
  unpackAll(data);
  tellPeriods(data.indicators);
  const indicators = new Map(data.indicators.map((indicator) => [indicator.id, indicator]));
  const places = new Map(data.districts.keys.map((key, place) => [key, place]));
  return near.extend({
    data,
    size: data.districts.keys.length,
    indicators,
    assessment: data.assessment,
    declared: data.record.parameters.assessment || {},
    place: (key) => (places.has(key) ? places.get(key) : -1),
    slice: (indicator, date) => indicator.slices.find((slice) => slice.date === date),
    flag: (slice, district) => data.flags[+slice.flags[district]],
    label: (slice, district) => (slice.clusters ? data.labels[+slice.clusters[district]] : "undefined"),
    value: (slice, district) => (slice.values ? slice.values[district] : null),
    parents: (district) =>
      data.districts.parents
        .map((level) => (level.codes[district] < 0 ? "" : level.names[level.codes[district]]))
        .filter(Boolean),
  });
}

const pick = (list, district) => (list ? list[district] : null);

/**
 * @param {any} model
 * @param {Slice} slice
 * @param {number} district
 */
function cell(model, slice, district) {
  return {
    value: pick(slice.values, district),
    lower: pick(slice.lower, district),
    upper: pick(slice.upper, district),
    numerator: pick(slice.numerator, district),
    denominator: pick(slice.denominator, district),
    p: pick(slice.p, district),
    pAdjusted: pick(slice.pAdjusted, district),
    flag: model.flag(slice, district),
    label: model.label(slice, district),
  };
}

// Districts with a value, highest first.
function ranked(model, slice) {
  const { values } = slice;
  if (!values) return [];
  return Array.from({ length: model.size }, (_, district) => district).filter((district) => values[district] !== null).sort((a, b) => values[b] - values[a]);
}

function rank(model, slice, district) {
  const value = model.value(slice, district);
  const others = ranked(model, slice);
  return { rank: 1 + others.filter((other) => model.value(slice, other) > value).length, count: others.length };
}

// The city's value is summed from the districts that have one; where others lack theirs, it must say so.
function cityLabel(model, slice) {
  const flags = Array.from({ length: model.size }, (_, district) => model.flag(slice, district));
  const lacking = flags.filter((flag) => flag in model.data.patterns && flag !== "not applicable").length;
  if (!lacking) return text("panel.city");
  return text(lacking === 1 ? "panel.city_without_one" : "panel.city_without", { count: number(lacking) });
}

export { create, pick, cell, ranked, rank, cityLabel };
