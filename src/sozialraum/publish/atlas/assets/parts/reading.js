// The texts beside the map that depend on what is shown: how sure it is and where it comes from.
import * as methodPart from "./method.js";
import { amount, byId, date, element, has, level, number, probability, text } from "../core/words.js";


function testSentences(statistics) {
  const { permutations, alternative, correction, alpha, seed } = statistics;
  const told = [];
  if (permutations) {
    const side = has(`alternative.${alternative}`) ? text(`alternative.${alternative}`) : alternative;
    told.push(text("sure.test", { permutations: number(permutations), alternative: side, seed }));
  }
  if (!correction || correction === "none") {
    if (alpha) told.push(text("sure.none", { alpha: level(alpha) }));
  } else if (correction === "benjamini-hochberg") told.push(text("sure.adjusted", { alpha: level(alpha) }));
  else told.push(text("sure.correction", { correction, alpha: level(alpha) }));
  return told;
}

function moranTold(statistics, { moran }) {
  if (!moran || typeof moran.statistic !== "number" || typeof moran.p !== "number") return [];
  const p = probability(moran.p, statistics.alpha || 0.05);
  return [text("moran.numbers", { statistic: number(moran.statistic, 2), p, districts: number(moran.districts) })];
}

function sure(model, { indicator, slice }) {
  const told = slice.clusters ? testSentences(model.data.statistics) : [text("sure.no_clusters")];
  told.push(...moranTold(model.data.statistics, slice));
  told.push(text(indicator.published ? "sure.published" : "sure.interval"));
  return told.map((sentence) => element("p", { text: sentence }));
}

function cityTold({ slice, indicator }) {
  const city = slice.city || {};
  if (typeof city.value !== "number") return null;
  const value = amount(city.value, indicator);
  if (typeof city.numerator !== "number" || typeof city.denominator !== "number") return value;
  const key = indicator.kind === "share" ? "panel.of" : "panel.per";
  const counts = text(key, { numerator: number(city.numerator), denominator: number(city.denominator) });
  return `${value} (${counts})`;
}

function origin(scene) {
  const { indicator } = scene;
  const group = `group.${indicator.targetGroup}`;
  return [
    ["origin.meaning", indicator.description],
    ["origin.kind", text(indicator.published ? "kind.published" : `kind.${indicator.kind}`)],
    ["origin.source", indicator.source || text("panel.none")],
    ["origin.date", date(scene.date, indicator)],
    ["origin.group", has(group) ? text(group) : indicator.targetGroup],
    ["origin.city", cityTold(scene)],
  ].filter(([, told]) => told).flatMap(([term, told]) => [
    element("dt", { text: text(term) }), element("dd", { text: told }),
  ]);
}

function method(model, scene) {
  const told = methodPart.sentences(model, scene).map((sentence) => element("p", { text: sentence }));
  const not = methodPart.notFor(scene);
  if (!not.length) return told;
  return [...told, element("p", {}, [element("strong", { text: text("method.not.title") })]),
    ...not.map((sentence) => element("p", { text: sentence }))];
}

function rules(model) {
  const { minimum_count, minimum_denominator } = model.data.rules;
  const borders = text("origin.shapes", { tolerance: number(model.data.districts.tolerance, 1) });
  if (!minimum_count) return borders;
  return `${text("record.rules_public", {
    minimum_count: number(minimum_count), minimum_denominator: number(minimum_denominator),
  })} ${borders}`;
}

function create(model) {
  byId("reading-rules").textContent = rules(model);
  byId("reading-record").textContent = JSON.stringify(model.data.record, null, 1);
  return {
    show(scene) {
      const single = scene.tab === "single";
      byId("about-sure").hidden = !single;
      byId("about-origin").hidden = !single;
      byId("about-method").hidden = !model.assessment;
      if (model.assessment) byId("reading-method").replaceChildren(...method(model, scene));
      if (!single) return;
      byId("reading-sure").replaceChildren(...sure(model, scene));
      byId("reading-origin").replaceChildren(...origin(scene));
    },
  };
}

export { create };
