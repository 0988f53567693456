// The scene that a choice makes: which entry of the legend each district has, and what is told of it.
import * as single from "./single.js";
import { views as whole } from "./whole.js";

const views = { ...single, ...whole };

const available = (model, tab) =>
  Object.keys(views).filter((name) => views[name].tab === tab && views[name].available(model));

// The wanted date, else the last one before it, else the last.
function nearest(dates, wanted) {
  const before = dates.filter((date) => date <= wanted);
  return before.length ? before[before.length - 1] : dates[dates.length - 1];
}

const one = (wanted, allowed) => (allowed.includes(wanted) ? wanted : allowed[0]);

function againstOf({ assessment }) {
  return assessment ? [assessment.robustness && "resamples", assessment.variants && "variants"].filter(Boolean) : [];
}

// Whatever is wanted, the state is one that can be shown.
function possible(model, wanted) {
  const known = [...available(model, "single"), ...available(model, "whole")];
  const name = known.includes(wanted.view) ? wanted.view : "values";
  const view = views[name];
  const indicator = model.indicators.get(wanted.indicator) || model.data.indicators[0];
  const state = {
    view: name,
    indicator: indicator.id,
    group: view.groups ? one(wanted.group, view.groups(model)) : wanted.group,
    base: wanted.base === "fixed" ? "fixed" : "relative",
    against: one(wanted.against, againstOf(model)),
    edges: Boolean(wanted.edges),
    district: wanted.district >= 0 && wanted.district < model.size ? wanted.district : -1,
  };
  return { ...state, date: nearest(view.dates(model, state), wanted.date) };
}

function scene(model, state) {
  const view = views[state.view];
  const parts = view.show(model, state);
  const entries = parts.entries.map((entry) => ({ ...entry, count: 0 }));
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const of = Array.from({ length: model.size }, (_, district) => byId.get(parts.stateOf(district)));
  of.forEach((entry) => { entry.count += 1; });
  return {
    marks: [], ...state, ...parts, tab: view.tab, of,
    dates: view.dates(model, state),
    groups: view.groups ? view.groups(model) : [],
    entries: entries.filter((entry) => entry.always || entry.count),
    tip: parts.tip((district) => of[district]),
    notes: parts.notes.filter(([sentence]) => sentence),
    caption: `${parts.subject} · ${parts.title}`,
  };
}

export { available, possible, scene, againstOf };
