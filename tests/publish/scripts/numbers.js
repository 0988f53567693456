// Writes down every number and class that the page's own modules would show, for a test that compares them with the files.
import { settle } from "../../../src/sozialraum/publish/atlas/assets/core/language.js";
import * as models from "../../../src/sozialraum/publish/atlas/assets/core/model.js";
import * as viewsPart from "../../../src/sozialraum/publish/atlas/assets/views/views.js";
import * as words from "../../../src/sozialraum/publish/atlas/assets/core/words.js";

const [from, to, since = ""] = Deno.args;
const data = JSON.parse(Deno.readTextFileSync(from));
settle(data, "de");
words.use(data);
const model = models.create(data);
const all = Array.from({ length: model.size }, (_, district) => district);

function shown(state) {
  const found = viewsPart.scene(model, state);
  return {
    view: found.view, indicator: state.indicator, date: found.date, since: found.since, group: found.group, towards: state.towards,
    against: state.against, base: state.base, with: state.with,
    amount: all.map(found.amount), of: found.of.map(({ id }) => id), told: all.map(found.told),
    interval: found.interval ? all.map(found.interval) : null, total: found.of.length,
    counts: found.entries.map(({ count }) => count).reduce((sum, count) => sum + count, 0),
  };
}

const scenes = [];
const add = (wanted) => {
  const state = viewsPart.possible(model, { district: -1, ...wanted });
  scenes.push(shown(state));
};
for (const view of viewsPart.available(model, "single")) {
  for (const { id, slices } of data.indicators) {
    for (const { date } of slices.filter((slice) => slice.date >= since)) {
      const state = viewsPart.possible(model, { view, indicator: id, date, district: -1 });
      if (state.indicator !== id || state.date !== date) continue;
      for (const towards of view === "smoothed" ? ["city", "local"] : [undefined]) add({ view, indicator: id, date, towards });
    }
  }
}
for (const view of viewsPart.available(model, "whole")) {
  for (const { id } of data.assessment.groups) {
    for (const { date } of (data.assessment.index.all || data.assessment.profiles.all).filter((slice) => slice.date >= since)) {
      for (const base of view === "status" ? ["relative", "fixed"] : [undefined]) add({ view, group: id, date, base });
    }
  }
}

for (const view of viewsPart.available(model, "programme")) {
  for (const group of view === "need" ? data.programme.need.map(({ id }) => id) : [undefined]) {
    const found = viewsPart.scene(model, viewsPart.possible(model, { district: -1, view, group }));
    scenes.push({ view, group, total: found.of.length, of: found.of.map(({ id }) => id), told: all.map(found.told), tips: all.map(found.tip),
      unsure: found.unsure ? all.map(found.unsure) : null, headline: found.headline,
      counts: found.entries.map(({ count }) => count).reduce((sum, count) => sum + count, 0) });
  }
}

const cells = data.indicators.flatMap(({ id, slices }) => slices.filter((slice) => slice.date >= since).map((slice) => ({ indicator: id, date: slice.date, city: slice.city || null,
  measures: slice.measures || {}, limits: [slice.margin ?? null, slice.marginBelow ?? null],
  cells: all.map((district) => ({ ...models.cell(model, slice, district), verdictP: models.pick(slice.verdictP, district),
    verdictPAdjusted: models.pick(slice.verdictPAdjusted, district), distance: models.pick(slice.distance, district) })) })));
Deno.writeTextFileSync(to, JSON.stringify({ keys: data.districts.keys, scenes, cells }));
