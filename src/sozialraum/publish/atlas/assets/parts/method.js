// How the classes on show are made: rules and thresholds in words, and what they must not be used for.
import { has, level, number, text } from "../core/words.js";

const plainNumber = (value) => number(value, Number.isInteger(value) ? 0 : String(value).split(".")[1].length);

function verdictRule({ declared }) {
  const rule = declared.verdict;
  if (!rule) return [text("method.verdict")];
  const correction = text(`correction.${rule.correction}`);
  return [
    text("method.verdict"),
    text(`method.far.${rule.unit}`, { distance: plainNumber(rule.distance), floor: plainNumber(rule.floor ?? 1) }),
    text("method.chance", { alpha: level(rule.alpha), correction }),
    text("method.enough", { denominator: number(rule.minimum_denominator), expected: plainNumber(rule.minimum_expected) }),
    text("assessment.note.comparison"), text("method.context"),
  ];
}

function statusLimits({ statusLimits: limits, limitsOn }) {
  if (!limits) return null;
  const share = limitsOn === "share";
  const [high, medium, low] = limits.map((limit) => (share ? level(limit) : plainNumber(limit)));
  return text(share ? "method.status_shares" : "method.status_limits", { high, medium, low });
}

function indexRule(model, group) {
  const { declared } = model;
  const { method } = model.assessment;
  const preset = `method.preset.${declared.preset}`;
  const excluded = declared.excluded || [];
  return [
    group !== "all" ? text("method.group")
      : method.indicators.length ? text("method.made_of", { indicators: method.indicators.join(", ") }) : null,
    has(preset) ? text(preset) : null,
    statusLimits(method),
    declared.minimum_population ? text("method.minimum", { minimum: number(declared.minimum_population) }) : null,
    excluded.length ? text("method.excluded", { keys: excluded.join(", ") }) : null,
  ];
}

function dynamicRule({ declared, assessment }) {
  const limits = assessment.method.dynamicLimits;
  return [
    declared.dynamic_years ? text("method.dynamic", { years: number(declared.dynamic_years) }) : null,
    limits && assessment.method.limitsOn === "index"
      ? text("method.dynamic_limits", { positive: plainNumber(limits[0]), negative: plainNumber(limits[1]) }) : null,
  ];
}

function robustRule({ declared, assessment }) {
  const [first] = assessment.influence;
  const choice = first && (has(`choice.${first[0]}`) ? text(`choice.${first[0]}`) : first[0]);
  return [
    assessment.robustness && declared.resamples ? text("method.resamples", { count: number(declared.resamples) }) : null,
    assessment.variants ? text("method.variants", { count: number(assessment.variants.count) }) : null,
    first ? text("method.influence", { choice, share: level(first[1] / 100) }) : null,
  ];
}

const needs = (name) => text(`assessment.${name}.explain`);
const attentionRule = () => [needs("attention.yes"), needs("early_warning.early warning"),
  needs("early_warning.persistent early warning")];

const edgesTold = (scene) => (scene.edgesTold === null ? [] : [text("method.edges")]);

const made = {
  values: (_model, scene) => [text(scene.indicator.signed ? "method.change" : "method.values")],
  areas: () => [text("method.areas")],
  need: () => [text("method.need")],
  smoothed: () => [text("method.smoothed")],
  borders: () => [text("method.edges"), text("borders.walls.explain")],
  pair: () => [text("colour.pair"), text("pair.told_thirds")],
  change: () => [text("method.change")],
  combined: (model, scene) => [...indexRule(model, scene.group), ...dynamicRule(model)],
  clusters: () => [text("method.clusters")],
  verdict: (model, scene) => [...verdictRule(model), scene.slice && scene.slice.effectTold],
  profile: (model) => [text("method.profile"), ...verdictRule(model)],
  status: (model, scene) => indexRule(model, scene.group),
  dynamic: (model) => [...dynamicRule(model), text("assessment.note.regression")],
  attention: (model, scene) => [...attentionRule(), ...indexRule(model, scene.group), ...dynamicRule(model)],
  robustness: (model, scene) => [...robustRule(model), ...indexRule(model, scene.group)],
};

const misuse = { combined: ["index", "dynamic"],  verdict: ["verdict"], profile: ["verdict"], status: ["index"], dynamic: ["dynamic"],
  attention: ["index", "dynamic"], robustness: ["robustness", "index"] };

function sentences(model, scene) {
  return [...made[scene.view](model, scene), ...(scene.view === "borders" ? [] : edgesTold(scene))].filter(Boolean);
}

const notFor = (scene) => (misuse[scene.view] || []).map((name) => text(`method.not.${name}`));

export { sentences, notFor };
