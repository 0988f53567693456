// What was concluded about one district: classes as words, the reasons, and the entries of their legends.
import { pick } from "../core/model.js";
import { text } from "../core/words.js";

const none = "not assessable";
const paths = { verdict: "verdict", profile: "profile", status: "status", dynamic: "dynamic",
  attention: "attention", warning: "early_warning" };

// The word that a digit stands for; no digits at all count as not assessable.
const word = (model, kind, digits, district) =>
  digits ? model.assessment.words[kind][+digits[district]] : none;

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

// One entry per reason; the last one stands for districts whose reason is not given.
function unknown(model, kind) {
  const reasons = model.assessment.reasons[kind].filter(({ id }) => id);
  return [...reasons, { id: "", label: "" }].map(({ id, label: told }) => ({
    id: `none-${id}`, label: text("assessment.status.not assessable"), detail: told, pattern: none,
  }));
}

// The indicators on which a district is conspicuous at a date, of one target group or of all.
function conspicuous(model, date, group, district) {
  const found = { burdened: [], favourable: [] };
  for (const indicator of model.indicators.values()) {
    if (group !== "all" && indicator.targetGroup !== group) continue;
    const slice = model.slice(indicator, date);
    const verdict = slice && word(model, "verdict", slice.verdicts, district);
    if (verdict === "conspicuous (burdened)") found.burdened.push(indicator);
    if (verdict === "conspicuous (favourable)") found.favourable.push(indicator);
  }
  return found;
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

export { none, word, label, explain, reason, look, entries, unknown, conspicuous, overall, baseYear, robustDate, pick };
