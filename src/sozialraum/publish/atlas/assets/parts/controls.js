// What the reader chooses: the view, one indicator or for whom, the date.
import * as verdicts from "../views/verdicts.js";
import * as viewsPart from "../views/views.js";
import { byId, date, element, text } from "../core/words.js";

function indicatorOptions(model) {
  const themes = new Map();
  for (const indicator of model.data.indicators) {
    if (!themes.has(indicator.theme)) themes.set(indicator.theme, []);
    themes.get(indicator.theme).push(element("option", { value: indicator.id, text: indicator.label }));
  }
  if (themes.size === 1 && themes.has("")) return themes.get("");
  return Array.from(themes, ([theme, options]) =>
    element("optgroup", { label: theme || text("control.other") }, options));
}

function groupOption(model, { id: group, label: told }) {
  if (told) return element("option", { value: group, text: told });
  const { label } = model.assessment.groups.find(({ id }) => id === group);
  return element("option", { value: group, text: group === "all" ? text("control.everyone") : label });
}

// Only what there is can be chosen.
function viewOptions(model) {
  const offered = (tab) => viewsPart.available(model, tab).map((name) =>
    element("option", { value: name, text: text(`view.${name}`) }));
  /** @type {[string, HTMLElement[]][]} */
  const parts = /** @type {any} */ (["whole", "single", "programme"].map((tab) => [tab, offered(tab)]).filter(([, options]) => options.length));
  return parts.map(([tab, options]) => element("optgroup", { label: text(`control.${tab}`) }, options));
}

const anyEdges = (model) => model.data.indicators.some((indicator) =>
  indicator.slices.some((slice) => slice.claim && (slice.claim !== "undecided" || (slice.edges || []).length)));

function listen(act) {
  const day = byId("choose-date");
  const step = (by) => act.choose({ date: day.options[day.selectedIndex + by].value });
  const changed = (id, change) => byId(id).addEventListener("change", (event) => act.choose(change(event.target)));
  changed("choose-indicator", ({ value }) => ({ indicator: value }));
  changed("choose-group", ({ value }) => ({ group: value }));
  changed("choose-date", ({ value }) => ({ date: value }));
  changed("choose-view", ({ value }) => ({ view: value }));
  changed("since", ({ value }) => ({ since: value }));
  changed("base", ({ value }) => ({ base: value }));
  changed("against", ({ value }) => ({ against: value }));
  changed("classes", ({ value }) => ({ classes: value }));
  changed("with", ({ value }) => ({ with: value }));
  changed("towards", ({ value }) => ({ towards: value }));
  changed("show-edges", ({ checked }) => ({ edges: checked }));
  byId("date-earlier").addEventListener("click", () => step(-1));
  byId("date-later").addEventListener("click", () => step(1));
}

const dateOptions = (dates, indicator) =>
  dates.map((iso) => element("option", { value: iso, text: date(iso, indicator) }));

function showDates(scene) {
  const day = byId("choose-date");
  const whose = scene.tab === "single" ? scene.indicator : null;
  day.replaceChildren(...dateOptions(scene.dates, whose));
  day.value = scene.date;
  byId("date-earlier").disabled = scene.dates.indexOf(scene.date) === 0;
  byId("date-later").disabled = scene.dates.indexOf(scene.date) === scene.dates.length - 1;
  byId("choose-since").hidden = !scene.since;
  if (!scene.since) return;
  byId("since").replaceChildren(...dateOptions(scene.allDates.filter((iso) => iso < scene.date), whose));
  byId("since").value = scene.since;
}

const choices = (names, key) => names.map((name) => element("option", { value: name, text: text(`${key}.${name}`) }));

function showWays(scene) {
  byId("choose-classes").hidden = scene.ways.length < 2;
  byId("classes").replaceChildren(...choices(scene.ways, "classes"));
  byId("classes").value = scene.classes;
  const towards = scene.towardsOf || [];
  byId("choose-towards").hidden = towards.length < 2;
  byId("towards").replaceChildren(...choices(towards, "towards"));
  byId("towards").value = scene.towards;
}

function showPartner(scene) {
  byId("choose-with").hidden = !scene.partners;
  if (!scene.partners) return;
  byId("with").replaceChildren(...scene.partners.map(({ id, label }) => element("option", { value: id, text: label })));
  byId("with").value = scene.with;
}

function create(model, act) {
  byId("choose-view").replaceChildren(...viewOptions(model));
  byId("choose-indicator").replaceChildren(...indicatorOptions(model));
  byId("against").replaceChildren(...viewsPart.againstOf(model).map((name) =>
    element("option", { value: name, text: text(`control.${name}`) })));
  listen(act);
  const edges = anyEdges(model);
  const both = viewsPart.againstOf(model).length === 2;
  return {
    show(scene) {
      const single = scene.tab === "single";
      byId("choose-view").value = scene.view;
      byId("one-indicator").hidden = !single;
      byId("one-group").hidden = single || scene.groups.length < 2;
      byId("choose-base").hidden = scene.view !== "status";
      byId("choose-against").hidden = scene.view !== "robustness" || !both;
      byId("choose-edges").hidden = !single || !edges || ["smoothed", "borders", "change", "pair"].includes(scene.view);
      showWays(scene);
      showPartner(scene);
      for (const option of byId("choose-indicator").options) option.disabled = single && !scene.offers(model.indicators.get(option.value));
      if (scene.indicator) byId("choose-indicator").value = scene.indicator.id;
      byId("show-edges").checked = scene.edgesTold !== null;
      if (!single) {
        byId("choose-group").replaceChildren(...scene.groups.map((group) => groupOption(model, group)));
        byId("choose-group").value = scene.group;
        if (scene.against) byId("against").value = scene.against;
      }
      if (scene.tab === "whole") {
        const year = verdicts.baseYear(model, scene.group);
        byId("base").replaceChildren(
          element("option", { value: "relative", text: text("control.relative") }),
          element("option", { value: "fixed", text: text("control.fixed", { year }) }));
        byId("base").value = scene.base;
      }
      showDates(scene);
    },
  };
}

export { create };
