// What the whole picture says about one district: status, dynamic, attention, robustness, profile.
import * as chartsWhole from "../charts/whole.js";
import * as fills from "../core/fills.js";
import * as viewsWhole from "../views/whole.js";
import { block, fact, facts, titled } from "./blocks.js";
import { whyStatus } from "../answers/why.js";
import { baseYear, conspicuous, explain, label, look, none, overall, pick, reason, robustDate, word } from "../views/verdicts.js";
import { attentionEntries, attentionState } from "../views/whole.js";
import { date, element, number, text } from "../core/words.js";

const heading = (told) => element("h3", { text: told });
const sentence = (told) => element("p", { text: told });
const reasonTold = (model, digits, district) => {
  const told = reason(model, "index", digits, district).label;
  return told ? element("p", { class: "warn", text: `${told}.` }) : null;
};

// Rank intervals exist for the overall index at one date.
function rankInterval(model, scene) {
  const { robustness } = model.assessment;
  if (!robustness || scene.group !== "all" || scene.date !== robustDate(model)) return [];
  const [from, to] = [pick(robustness.lower, scene.district), pick(robustness.upper, scene.district)];
  return from === null || to === null ? []
    : [fact(text("panel.index_interval"), text("panel.to", { from: number(from), to: number(to) }))];
}

function indexFacts(model, scene) {
  const { index, district, group } = scene;
  const value = pick(index.value, district);
  if (value === null) return [];
  const count = index.value.filter((other) => other !== null).length;
  const found = [fact(text("panel.index_value"), number(value, 2))];
  const rank = pick(index.rank, district);
  if (rank !== null) found.push(fact(text("panel.index_rank"), text("panel.rank_of", { rank: number(rank), count: number(count) })));
  found.push(...rankInterval(model, scene));
  const fixed = word(model, "status", index.fixedStatus, district);
  if (fixed !== none) found.push(fact(text("panel.fixed", { year: baseYear(model, group) }), label("status", fixed)));
  const periods = pick(index.statusPeriods, district);
  if (periods) found.push(fact(text("panel.periods"), number(periods)));
  return found;
}

function statusBlock(model, scene) {
  const { index, district } = scene;
  if (!index) return null;
  const found = word(model, "status", index.status, district);
  return block([
    element("p", { class: "what", text: text("panel.index", { date: date(scene.date) }) }),
    titled(look(model, "status", found), label("status", found), "large"),
    found === none ? reasonTold(model, index.reason, district) : sentence(explain("status", found)),
    facts(indexFacts(model, scene)),
    chartsWhole.years(model, scene),
  ]);
}

function dynamicBlock(model, scene) {
  const { index, district } = scene;
  if (!index) return null;
  const found = word(model, "dynamic", index.dynamic, district);
  const told = [];
  const change = pick(index.change, district);
  if (change !== null) told.push(fact(text("panel.change"), number(change, 2)));
  const periods = pick(index.negativePeriods, district);
  if (periods) told.push(fact(text("panel.negative_periods"), number(periods)));
  return block([
    heading(text("panel.dynamic")), titled(look(model, "dynamic", found), label("dynamic", found)),
    found === none ? reasonTold(model, index.dynamicReason, district) : sentence(explain("dynamic", found)),
    facts(told),
  ]);
}

function attentionBlock(model, scene) {
  if (!scene.index) return null;
  const state = attentionState(model, scene.index, scene.district);
  const entry = attentionEntries(model).find(({ id }) => id === state);
  if (!entry) return null;
  return block([heading(text("panel.attention")), titled(entry, entry.label), sentence(entry.detail)]);
}

function resamplesTold(model, district) {
  const share = model.assessment.robustness && pick(model.assessment.robustness.same, district);
  if (typeof share !== "number") return null;
  return sentence(`${text("panel.resamples", { share: viewsWhole.perMille(share) })}.`);
}

// "Status low" in 97 of 108 variants; the class's own words already start with "status".
function variantsTold(model, district) {
  const { variants } = model.assessment;
  if (!variants || word(model, "status", variants.status, district) === none) return [];
  const status = label("status", word(model, "status", variants.status, district));
  const told = text("panel.variants", { status, found: number(variants.same[district]), count: number(variants.count) });
  return [sentence(`${told}.`), chartsWhole.classShares(model, district)];
}

function robustnessBlock(model, scene) {
  const { robustness, variants } = model.assessment;
  if (!(robustness || variants) || scene.group !== "all") return null;
  const told = [resamplesTold(model, scene.district), ...variantsTold(model, scene.district)].filter(Boolean);
  const when = text("panel.robust_date", { date: date(robustDate(model)) });
  return block([
    heading(text("panel.robustness")),
    ...(told.length ? [...told, element("p", { class: "plain", text: when })] : [sentence(text("panel.robust_none"))]),
  ]);
}

function named(key, indicators) {
  if (!indicators.length) return null;
  const items = indicators.map((indicator) => element("li", { text: indicator.label }));
  return element("div", {}, [element("p", { class: "plain", text: text(key) }), element("ul", { class: "plain-list" }, items)]);
}

function profileLine(model, group, when, district) {
  const { profile } = overall(model, group, when);
  if (!profile) return null;
  const found = word(model, "profile", profile.profile, district);
  const assessable = pick(profile.assessable, district) || 0;
  return { found, assessable, told: label("profile", found, { count: number(assessable) }) };
}

// How many are conspicuous, in short: the words of a profile would fill the table.
function countTold(model, group, scene, assessable) {
  if (!assessable) return text("legend.assessable_none");
  const { unfavourable, favourable } = conspicuous(model, scene.date, group, scene.district);
  return text("legend.of_assessable", { worse: number(unfavourable.length), better: number(favourable.length), assessable: number(assessable) });
}

function groupRows(model, scene) {
  const rows = model.assessment.groups.filter(({ id }) => id !== "all").map((group) => {
    const line = profileLine(model, group.id, scene.date, scene.district);
    return line && element("tr", {}, [
      element("td", { class: "mark-cell" }, [fills.swatch(look(model, "profile", line.found))]),
      element("th", { scope: "row", text: group.label }), element("td", { class: "number", text: countTold(model, group.id, scene, line.assessable) }),
    ]);
  }).filter(Boolean);
  if (!rows.length || scene.group !== "all") return [];
  return [element("p", { class: "plain", text: text("panel.groups") }),
    element("table", { class: "others" }, [element("tbody", {}, rows)])];
}

function profileBlock(model, scene) {
  const line = profileLine(model, scene.group, scene.date, scene.district);
  if (!line) return null;
  const { unfavourable, favourable } = conspicuous(model, scene.date, scene.group, scene.district);
  return block([
    heading(text("panel.profile")), titled(look(model, "profile", line.found), line.told),
    sentence(explain("profile", line.found)),
    named("panel.unfavourable", unfavourable), named("panel.favourable", favourable), ...groupRows(model, scene),
    element("p", { class: "warn", text: text("assessment.note.healthy_mix") }),
  ]);
}

// The block of the chosen view comes first.
const order = {
  profile: [profileBlock, statusBlock, whyStatus, dynamicBlock, attentionBlock, robustnessBlock],
  status: [statusBlock, whyStatus, dynamicBlock, attentionBlock, robustnessBlock, profileBlock],
  combined: [statusBlock, whyStatus, dynamicBlock, attentionBlock, robustnessBlock, profileBlock],
  dynamic: [dynamicBlock, statusBlock, whyStatus, attentionBlock, robustnessBlock, profileBlock],
  attention: [attentionBlock, statusBlock, whyStatus, dynamicBlock, robustnessBlock, profileBlock],
  robustness: [robustnessBlock, statusBlock, whyStatus, dynamicBlock, attentionBlock, profileBlock],
};

const blocks = (model, scene) => order[scene.view].map((make) => make(model, scene));

export { blocks };
