// The scene that a choice makes: which entry of the legend each district has, and what is told of it.
import * as borders from "./borders.js";
import * as classes from "./classes.js";
import * as pair from "./pair.js";
import * as programme from "./programme.js";
import * as single from "./single.js";
import * as smoothed from "./smoothed.js";
import { views as whole } from "./whole.js";

const { values, change, ...tested } = single.views;
const views = { values, change, ...smoothed.views, ...tested, ...borders.views, ...pair.views, ...whole, ...programme.views };

const available = (model, tab) =>
  Object.keys(views).filter((name) => views[name].tab === tab && views[name].available(model));

// The wanted date, else the one that is nearest in time.
function nearest(dates, wanted) {
  if (dates.includes(wanted)) return wanted;
  const aim = /^\d{4}-\d{2}-\d{2}$/.test(wanted) ? Date.parse(wanted) : Number.NaN;
  if (Number.isNaN(aim)) return dates[dates.length - 1];
  const far = (date) => Math.abs(Date.parse(date) - aim);
  return dates.reduce((best, date) => (far(date) <= far(best) ? date : best));
}

const one = (wanted, allowed) => (allowed.includes(wanted) ? wanted : allowed[0]);

function againstOf({ assessment }) {
  return assessment ? [assessment.robustness && "resamples", assessment.variants && "variants"].filter(Boolean) : [];
}

// The first question is which quarters need attention; without an assessment, the values.
function first(model) {
  const known = [...available(model, "whole"), ...available(model, "single")];
  return known.includes("status") ? "status" : known.includes("values") ? "values" : known[0];
}

// Whatever is wanted, the state is one that can be shown. The wanted date is kept apart from it, so that it
// comes back where it can.
function possible(model, wanted) {
  const known = [...available(model, "single"), ...available(model, "whole"), ...available(model, "programme")];
  const name = known.includes(wanted.view) ? wanted.view : first(model);
  const view = views[name];
  const open = model.data.indicators.filter((indicator) => !view.offers || view.offers(indicator, model));
  const indicator = open.find(({ id }) => id === wanted.indicator) || open[0] || model.data.indicators[0];
  const state = {
    view: name,
    indicator: indicator.id,
    group: view.groups ? one(wanted.group, view.groups(model)) : wanted.group,
    base: wanted.base === "fixed" ? "fixed" : "relative",
    against: one(wanted.against, againstOf(model)),
    edges: Boolean(wanted.edges),
    classes: one(wanted.classes, classes.ways(indicator)),
    with: one(wanted.with, pair.partners(model, indicator).map(({ id }) => id)),
    towards: one(wanted.towards, smoothed.towardsOf(indicator)),
    district: wanted.district >= 0 && wanted.district < model.size ? wanted.district : -1,
    wish: wanted.date,
  };
  const date = nearest(view.dates(model, state), wanted.date);
  return { ...state, date, since: view.since ? view.since(model, { ...state, date }, wanted.since) : wanted.since };
}

function scene(model, state) {
  const view = views[state.view];
  const parts = view.show(model, state);
  const entries = parts.entries.map((entry) => ({ ...entry, count: 0 }));
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const of = Array.from({ length: model.size }, (_, district) => byId.get(parts.stateOf(district)));
  of.forEach((entry) => { entry.count += 1; });
  return {
    marks: [], walls: [], names: [], ...state, since: null, ...parts, tab: view.tab, of,
    // Colours are pale where it is not sure; 'unsure' is null where the view cannot tell.
    unsure: parts.unsure || null,
    dates: view.dates(model, state),
    offers: (indicator) => !view.offers || view.offers(indicator, model),
    ways: ["values", "smoothed", "borders"].includes(state.view) && parts.indicator ? classes.ways(parts.indicator) : [],
    groups: (view.groups ? view.groups(model) : []).map((id) => ({ id, label: view.groupLabel ? view.groupLabel(model, id) : "" })),
    entries: entries.filter((entry) => entry.always || entry.count),
    tip: parts.tip((district) => of[district]),
    notes: parts.notes.filter(([sentence]) => sentence),
    caption: `${parts.subject} · ${parts.title}`,
    headline: parts.headline ? parts.headline((...ids) =>
      Array.from(of.keys()).filter((district) => ids.includes(of[district].id))) : "",
  };
}

export { available, possible, scene, againstOf, nearest };
