// What was concluded about one district: classes as words, the reasons, and the entries of their legends.
import { pick } from "../core/model.js";
import { number, text } from "../core/words.js";

const none = "not assessable";
const paths = { verdict: "verdict", profile: "profile", status: "status", dynamic: "dynamic",
  attention: "attention", warning: "early_warning" };

// The word that a digit stands for; no digits at all count as not assessable.
const word = (model, kind, digits, district) =>
  digits ? model.assessment.words[kind][+digits[district]] : none;

// One direction on the whole page: unfavourable is dark and has the higher number.
const label = (kind, name, values) => text(`assessment.${paths[kind]}.${name}`, values);
const explain = (kind, name) => text(`assessment.${paths[kind]}.${name}.explain`);

function reason(model, kind, digits, district) {
  return digits ? model.assessment.reasons[kind][+digits[district]] : { id: "", label: "" };
}

function look(model, kind, name) {
  const colour = name === none ? undefined : model.assessment.colours[kind][name];
  return colour ? { colour } : { pattern: none };
}

// One entry per class, in fixed order and always listed.
function entries(model, kind, detail = explain) {
  return Object.keys(model.assessment.colours[kind]).map((name) => ({
    id: name, label: label(kind, name, { count: "k" }), detail: detail(kind, name), always: true,
    ...look(model, kind, name),
  }));
}

// Different reasons look different: nothing was given, nobody should judge, or there are too few people or cases.
const patterns = { "missing value": "missing", "no value": "missing", "population unknown": "unknown", "no change known": "unknown",
  "no city value": "unknown", excluded: "not applicable" };

// One entry per reason; the last one stands for districts whose reason is not given.
function unknown(model, kind) {
  const reasons = model.assessment.reasons[kind].filter(({ id }) => id);
  return [...reasons, { id: "", label: "" }].map(({ id, label: told }) => ({
    id: `none-${id}`, label: text("assessment.status.not assessable"), detail: told, pattern: patterns[id] || none,
  }));
}

// The reason of a verdict in one sentence with its numbers.
function why(model, indicator, slice, district) {
  const found = word(model, "verdict", slice.verdicts, district);
  if (found === none) {
    const cause = reason(model, "verdict", slice.verdictReasons, district).label;
    return cause ? text("assessment.told.not_assessable", { reason: cause }) : explain("verdict", none);
  }
  const value = pick(slice.values, district);
  if (value === null || value === undefined || typeof slice.verdictCity !== "number") return explain("verdict", found);
  const unit = indicator.kind === "share" ? text("assessment.told.points") : indicator.unit;
  const difference = Number((value - slice.verdictCity).toFixed(indicator.decimals));
  const side = difference === 0 ? "level" : difference > 0 ? "above" : "below";
  const place = text(`assessment.told.${side}`, { difference: number(Math.abs(difference), indicator.decimals), unit });
  const limit = side === "below" ? slice.marginBelow : slice.margin;
  const margin = `${number(limit, indicator.decimals)} ${unit}`;
  return text(`assessment.told.${reasonKey(model, slice, district, found, limit)}`, { place, margin });
}

const plain = { "conspicuous (unfavourable)": "unfavourable", "conspicuous (favourable)": "favourable", inconspicuous: "inconspicuous" };

function reasonKey(model, slice, district, found, limit) {
  if (found in plain) return plain[found];
  if (Math.abs(pick(slice.values, district) - slice.verdictCity) <= limit) return "undecided_inside";
  const alpha = (model.declared.verdict || {}).alpha || 0.05;
  return pick(slice.verdictPAdjusted, district) <= alpha ? "undecided_margin" : "undecided_chance";
}

// The indicators that make a district's profile conspicuous at a date: those that pass the second step.
function conspicuous(model, date, group, district) {
  const { profile } = overall(model, group, date);
  const named = (side) => {
    const ids = profile && profile[side] ? profile[side].names[profile[side].codes[district]] : "";
    return ids ? ids.split(", ").map((id) => model.indicators.get(id)).filter(Boolean) : [];
  };
  return { unfavourable: named("unfavourableBy"), favourable: named("favourableBy") };
}

// Index and profile of a target group at a date, and the index at all dates.
function overall(model, group, date) {
  const course = (model.assessment.index[group] || []);
  const profiles = (model.assessment.profiles[group] || []);
  const at = (slices) => slices.find((slice) => slice.date === date) || null;
  return { course, index: at(course), profile: at(profiles) };
}

const baseYear = (model, group) => {
  const [first] = model.assessment.index[group] || [];
  return (model.declared.base_date || (first ? first.date : "")).slice(0, 4);
};

const robustDate = (model) => {
  const course = model.assessment.index.all || [];
  return course.length ? course[course.length - 1].date : null;
};

export { none, word, label, explain, reason, why, look, entries, unknown, conspicuous, overall, baseYear, robustDate, pick };
