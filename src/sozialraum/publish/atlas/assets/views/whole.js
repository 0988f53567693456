// The views over all indicators: profile, status, dynamic, attention, robustness.
import { baseYear, entries, explain, label, none, overall, pick, reason, robustDate, unknown, word } from "./verdicts.js";
import { worstFirst } from "./classes.js";
import { date, districtsTold, inWords, number, percent, text } from "../core/words.js";

const perMille = (share) => percent(share / 10, share % 10 ? 1 : 0);

function groupName(model, group) {
  if (group === "all") return "";
  return (model.assessment.groups.find(({ id }) => id === group) || { label: group }).label;
}

function common(model, state) {
  const found = overall(model, state.group, state.date);
  const whom = groupName(model, state.group);
  return {
    ...found, group: state.group, lines: [], marks: [], unit: "", edge: "grey", edgesTold: null,
    subject: [model.data.city, whom, date(state.date)].filter(Boolean).join(", "),
  };
}

const groupsWith = (part) => (model) =>
  model.assessment.groups.map(({ id }) => id).filter((id) => (model.assessment[part][id] || []).length);
const offers = (groups) => (model) => Boolean(model.assessment) && groups(model).length > 0;

// Attention areas are outlined and early warnings hatched, so that they show in status and dynamic.
function marks(model, index) {
  if (!index) return [];
  const among = (digits, kind, names) => Array.from({ length: model.size }, (_, district) => district)
    .filter((district) => names.includes(word(model, kind, digits, district)));
  return [
    { kind: "outline", label: label("attention", "yes"), detail: explain("attention", "yes"),
      members: among(index.attention, "attention", ["yes"]) },
    { kind: "hatch", label: label("warning", "early warning"), detail: explain("warning", "early warning"),
      members: among(index.warning, "warning", ["early warning", "persistent early warning"]) },
  ];
}

// What the list and the map tell of a district whose number is in `list`; only the map has room for a reason.
function telling(model, list, reasons, tell = (value, _district) => number(value, 2)) {
  const value = (district) => pick(list, district);
  const isEmpty = (district) => value(district) === null;
  const why = (district) => reason(model, "index", reasons, district).label;
  const told = (district) => (isEmpty(district) ? label("status", none) : tell(value(district), district));
  const beside = (district, entry) => (isEmpty(district) ? [told(district), why(district)] : [entry.label, told(district)]);
  return {
    amount: value, isEmpty, told,
    tip: (entry) => (district) => beside(district, entry(district)).filter(Boolean).join(" · "),
  };
}

function classState(model, kind, digits, reasons) {
  return (district) => {
    const found = word(model, kind, digits, district);
    return found === none ? `none-${reason(model, "index", reasons, district).id}` : found;
  };
}

// How many indicators speak of burden: on few, on many, on (nearly) all that can be assessed.
function shadeOf(burdened, assessable) {
  const part = burdened / assessable;
  return part <= 1 / 3 ? 0 : part <= 2 / 3 ? 1 : 2;
}

function profileEntries(model) {
  const [few, many, all] = model.data.burdenedShades;
  // The words of one district name a number of indicators; those of a legend hold for all districts.
  const told = { "conspicuous (favourable)": "better", "conspicuous (both)": "both", "inconspicuous on all": "plain", undecided: "open" };
  const rest = entries(model, "profile", () => null).filter(({ id }) => id !== "conspicuous (unfavourable)")
    .map((entry) => ({ ...entry, label: entry.id in told ? text(`legend.profile_${told[entry.id]}`) : entry.label }));
  const shades = [["burdened-2", all], ["burdened-1", many], ["burdened-0", few]].map(([id, colour]) => (
    { id, colour, label: text(`legend.${id}`), always: true }));
  return [...shades, ...rest,
    { id: none, label: label("profile", none), detail: explain("profile", none), pattern: none, always: true }];
}

// How many indicators the texts name: each text is taken apart once, not once per district.
function counting(coded) {
  if (!coded) return () => 0;
  const counts = coded.names.map((name) => (name ? name.split(", ").length : 0));
  return (district) => counts[coded.codes[district]];
}

const profile = {
  tab: "whole",
  groups: (model) => groupsWith("profiles")(model).filter((id) =>
    model.assessment.profiles[id].some((slice) => (slice.assessable || []).some(Boolean))),
  dates: (model, { group }) => model.assessment.profiles[group].map((slice) => slice.date),
  show(model, state) {
    const parts = common(model, state);
    const slice = parts.profile || {};
    const k = (district) => pick(slice.assessable, district) || 0;
    const [burdened, favourable] = [slice.unfavourableBy, slice.favourableBy].map(counting);
    // Each direction is counted for itself: burdened and favourable are never one sum.
    const told = (district) => (k(district)
      ? text("legend.of_assessable", { worse: number(burdened(district)), better: number(favourable(district)),
        assessable: number(k(district)) })
      : text("legend.assessable_none"));
    return {
      ...parts, told,
      entries: profileEntries(model),
      stateOf: (district) => {
        const found = word(model, "profile", slice.profile, district);
        return found === "conspicuous (unfavourable)" ? `burdened-${shadeOf(burdened(district), k(district))}` : found;
      },
      amount: (district) => (k(district) ? burdened(district) - favourable(district) / 100 : null),
      isEmpty: (district) => !k(district),
      tip: () => told,
      headline: (among) => text("headline.profile", { all: number(among("burdened-2").length),
        count: number(among("burdened-0", "burdened-1", "burdened-2").length) }),
      title: text("legend.profile"), long: true, measure: text("list.conspicuous"), sentence: text("colour.profile"), notes: [],
    };
  },
};

// The class holds in fewer than 95 of 100 redrawn years.
function unsureStatus(model, state) {
  const { robustness } = model.assessment;
  if (!robustness || !robustness.same || state.group !== "all" || state.date !== robustDate(model)) return null;
  return (district) => robustness.same[district] !== null && robustness.same[district] < 950;
}

function sureTold(first, unsure) {
  if (!unsure) return "";
  const sure = first.filter((district) => !unsure(district)).length;
  if (!sure) return text("headline.sure_none");
  if (sure === 1 && first.length > 1) return text("headline.sure_one_of");
  if (sure < first.length) return text("headline.sure_some", { count: inWords(sure) });
  return text(sure === 1 ? "headline.sure_one" : "headline.sure_all");
}

function statusHeadline(unsure) {
  return (among) => {
    const first = among("very low");
    const low = inWords(among("low").length);
    if (!first.length) return text("headline.status_none", { low });
    return text("headline.status_sure", { many: districtsTold(first.length), low, sure: sureTold(first, unsure),
      are: text(first.length === 1 ? "headline.is" : "headline.are") });
  };
}

function attentionHeadline(among) {
  const count = among("yes").length;
  const warned = number(among("early warning", "persistent early warning").length);
  if (!count) return text("headline.attention_none", { warned });
  return text("headline.attention", { many: districtsTold(count), warned, need: text(count === 1 ? "headline.needs" : "headline.need") });
}

const indexDates = (model, { group }) => model.assessment.index[group].map((slice) => slice.date);

const status = {
  tab: "whole", groups: groupsWith("index"), dates: indexDates,
  show(model, state) {
    const parts = common(model, state);
    const { index } = parts;
    const fixed = state.base === "fixed";
    const year = baseYear(model, state.group);
    const digits = index && (fixed ? index.fixedStatus : index.status);
    const reasons = index && index.reason;
    const [base] = parts.course;
    const unsure = fixed ? null : unsureStatus(model, state);
    return {
      ...parts, unsure, unsureTold: text("sure.pale_status"), headline: statusHeadline(unsure),
      entries: [...worstFirst(entries(model, "status")), ...unknown(model, "index")],
      stateOf: classState(model, "status", digits, reasons),
      ...telling(model, index && (fixed ? index.fixedValue : index.value), reasons),
      marks: fixed ? [] : marks(model, index),
      measure: text("panel.index_value"),
      title: fixed ? text("legend.status_fixed", { year }) : text("legend.status"),
      sentence: fixed ? text("colour.status_fixed", { year }) : text("colour.status"),
      notes: fixed || !base ? []
        : [[text("assessment.note.relative", { date: date(model.declared.base_date || base.date) }), "small"]],
    };
  },
};

// A date without any earlier one has no dynamic.
const changing = (model, slice) =>
  Array.from(slice.dynamic).some((digit) => model.assessment.words.dynamic[+digit] !== none);

const dynamic = {
  tab: "whole",
  groups: (model) => groupsWith("index")(model).filter((id) => model.assessment.index[id].some((slice) => changing(model, slice))),
  dates: (model, { group }) =>
    model.assessment.index[group].filter((slice) => changing(model, slice)).map((slice) => slice.date),
  show(model, state) {
    const parts = common(model, state);
    const { index } = parts;
    const digits = index && index.dynamic;
    const reasons = index && index.dynamicReason;
    return {
      ...parts,
      entries: [...worstFirst(entries(model, "dynamic")), ...unknown(model, "index")],
      stateOf: classState(model, "dynamic", digits, reasons),
      ...telling(model, index && index.change, reasons),
      marks: marks(model, index), measure: text("panel.change"), title: text("legend.dynamic"), sentence: text("colour.dynamic"), notes: [],
      headline: (among) => text("headline.dynamic", { negative: number(among("negative").length), positive: number(among("positive").length) }),
    };
  },
};

// Status and dynamic in one map: the colour tells the status, the lines on it tell the direction.
function combinedEntries(model) {
  const found = [];
  for (const status of [...Object.keys(model.assessment.colours.status)].reverse()) {
    for (const way of ["negative", "stable", "positive"]) {
      const colour = model.assessment.colours.status[status];
      const pattern = way === "stable" ? undefined : `combined-${status}-${way}`;
      found.push({ id: `${status}|${way}`, label: `${label("status", status)}, ${label("dynamic", way)}`, always: true,
        ...(pattern ? { pattern } : { colour }) });
    }
  }
  return found;
}

const combined = {
  tab: "whole", groups: (model) => dynamic.groups(model), dates: (model, state) => dynamic.dates(model, state),
  show(model, state) {
    const parts = common(model, state);
    const { index } = parts;
    return {
      ...parts,
      entries: [...combinedEntries(model), ...unknown(model, "index")],
      stateOf: (district) => {
        const [now, way] = [word(model, "status", index && index.status, district), word(model, "dynamic", index && index.dynamic, district)];
        if (now !== none && way !== none) return `${now}|${way}`;
        const reasons = index && (now === none ? index.reason : index.dynamicReason);
        return `none-${reason(model, "index", reasons, district).id}`;
      },
      ...telling(model, index && index.value, index && index.reason),
      headline: (among) => text("headline.combined", { worse: number(among("very low|negative", "low|negative").length),
        better: number(among("very low|positive", "low|positive").length) }),
      marks: marks(model, index).slice(0, 1), measure: text("panel.index_value"), title: text("legend.combined"),
      sentence: text("colour.combined"), notes: [],
    };
  },
};

function attentionState(model, index, district) {
  if (!index) return none;
  const needs = word(model, "attention", index.attention, district);
  const warned = word(model, "warning", index.warning, district);
  if (needs === "yes") return "yes";
  if (warned.endsWith("early warning")) return warned;
  return needs === none || warned === none ? none : "no";
}

function attentionEntries(model) {
  const [yes, no] = entries(model, "attention");
  const warned = ["persistent early warning", "early warning"].map((name) => ({
    id: name, label: label("warning", name), detail: explain("warning", name), pattern: name, always: true,
  }));
  const open = { id: none, label: label("attention", none), detail: explain("attention", none), pattern: none, always: true };
  return [yes, ...warned, no, open];
}

const attention = {
  tab: "whole", groups: dynamic.groups, dates: dynamic.dates,
  show(model, state) {
    const parts = common(model, state);
    const { index } = parts;
    return {
      ...parts,
      entries: attentionEntries(model),
      stateOf: (district) => attentionState(model, index, district),
      ...telling(model, index && index.value, index && index.reason),
      measure: text("panel.index_value"), title: text("legend.attention"), sentence: text("colour.attention"), notes: [],
      headline: attentionHeadline,
    };
  },
};

// Shares in thousandths: of resamples, or of variants, with the district's own class.
function steadiness(model, against) {
  const { robustness, variants } = model.assessment;
  if (against === "variants") {
    return {
      digits: variants.status,
      share: (district) => (pick(variants.same, district) === null ? null : (1000 * variants.same[district]) / variants.count),
      told: (_share, district) => text("panel.rank_of", { rank: number(variants.same[district]), count: number(variants.count) }),
    };
  }
  return { digits: robustness.status, share: (district) => pick(robustness.same, district), told: perMille };
}

const stepOf = (share) => (share >= 950 ? "sure" : share >= 800 ? "fair" : "unsure");

function stepEntries(model) {
  return Object.entries(model.assessment.colours.robustness).map(([step, colour]) => ({
    id: step, label: text(`robustness.${step}`), detail: text(`robustness.${step}.detail`), colour, always: true,
  }));
}

const robustness = {
  tab: "whole",
  groups: ({ assessment }) => (assessment.robustness || assessment.variants) && assessment.index.all ? ["all"] : [],
  dates: (model) => [robustDate(model)],
  show(model, state) {
    const parts = common(model, state);
    const { index } = parts;
    const { digits, share, told } = steadiness(model, state.against);
    const known = (district) => word(model, "status", digits, district) !== none && share(district) !== null;
    const list = Array.from({ length: model.size }, (_, district) => (known(district) ? share(district) : null));
    const suffix = state.against === "variants" ? "_variants" : "";
    return {
      ...parts,
      entries: [...stepEntries(model), ...unknown(model, "index")],
      stateOf: (district) => (known(district) ? stepOf(share(district))
        : `none-${reason(model, "index", index && index.reason, district).id}`),
      ...telling(model, list, index && index.reason, told),
      measure: text("list.steady"), title: text(`legend.robustness${suffix}`), sentence: text(`colour.robustness${suffix}`), notes: [],
      headline: (among) => text("headline.robustness", { sure: number(among("sure").length), unsure: number(among("unsure").length) }),
    };
  },
};

const views = { status, combined, profile, dynamic, attention, robustness };
for (const view of Object.values(views)) view.available = offers(view.groups);
export { views, perMille, attentionState, attentionEntries };
