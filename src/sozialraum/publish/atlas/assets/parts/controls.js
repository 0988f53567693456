// What the reader chooses: one indicator or the whole picture, for whom, which view, which date.
import * as verdicts from "../views/verdicts.js";
import * as viewsPart from "../views/views.js";
import { byId, date, element, text } from "../core/words.js";

const tabs = ["single", "whole"];

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

function groupOption(model, group) {
  const { label } = model.assessment.groups.find(({ id }) => id === group);
  return element("option", { value: group, text: group === "all" ? text("control.everyone") : label });
}

const anyEdges = (model) => model.data.indicators.some((indicator) => indicator.slices.some((slice) => slice.claim));

// Only what there is can be chosen.
function reduce(model, offered) {
  document.querySelector(".controls").classList.toggle("assessed", Boolean(model.assessment));
  byId("choose-tab").hidden = tabs.some((tab) => !offered[tab].length);
  for (const input of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll('input[name="view"]'))) {
    const known = offered.single.includes(input.value) || offered.whole.includes(input.value);
    if (!known) { byId(`view-${input.value}`).nextElementSibling.remove(); input.remove(); }
  }
}

function listen(act, last) {
  const day = byId("choose-date");
  const step = (by) => act.choose({ date: day.options[day.selectedIndex + by].value });
  const changed = (id, change) => byId(id).addEventListener("change", (event) => act.choose(change(event.target)));
  changed("choose-indicator", ({ value }) => ({ indicator: value }));
  changed("choose-group", ({ value }) => ({ group: value }));
  changed("choose-date", ({ value }) => ({ date: value }));
  changed("choose-tab", ({ value }) => ({ view: last[value] }));
  changed("choose-view", ({ value }) => ({ view: value }));
  changed("choose-whole", ({ value }) => ({ view: value }));
  changed("choose-base", ({ value }) => ({ base: value }));
  changed("choose-against", ({ value }) => ({ against: value }));
  changed("choose-edges", ({ checked }) => ({ edges: checked }));
  byId("date-earlier").addEventListener("click", () => step(-1));
  byId("date-later").addEventListener("click", () => step(1));
}

function showDates(scene) {
  const day = byId("choose-date");
  day.replaceChildren(...scene.dates.map((iso) => element("option", { value: iso, text: date(iso) })));
  day.value = scene.date;
  byId("date-earlier").disabled = scene.dates.indexOf(scene.date) === 0;
  byId("date-later").disabled = scene.dates.indexOf(scene.date) === scene.dates.length - 1;
}

function create(model, act) {
  const offered = Object.fromEntries(tabs.map((tab) => [tab, viewsPart.available(model, tab)]));
  const first = offered.whole.includes("status") ? "status" : offered.whole[0];
  const last = { single: "values", whole: first };
  byId("choose-indicator").replaceChildren(...indicatorOptions(model));
  reduce(model, offered);
  listen(act, last);
  const edges = anyEdges(model);
  const both = viewsPart.againstOf(model).length === 2;
  return {
    show(scene) {
      const single = scene.tab === "single";
      last[scene.tab] = scene.view;
      byId(`tab-${scene.tab}`).checked = true;
      byId(`view-${scene.view}`).checked = true;
      byId("one-indicator").hidden = !single;
      byId("one-group").hidden = single;
      byId("choose-view").hidden = !single || offered.single.length < 2;
      byId("choose-whole").hidden = single;
      byId("choose-base").hidden = scene.view !== "status";
      byId("choose-against").hidden = scene.view !== "robustness" || !both;
      byId("choose-edges").hidden = !single || !edges;
      byId("choose-indicator").value = scene.indicator ? scene.indicator.id : byId("choose-indicator").value;
      byId("show-edges").checked = scene.edgesTold !== null;
      if (!single) {
        byId("choose-group").replaceChildren(...scene.groups.map((group) => groupOption(model, group)));
        byId("choose-group").value = scene.group;
        const year = verdicts.baseYear(model, scene.group);
        byId("base-fixed-label").textContent = text("control.fixed", { year });
        byId(`base-${scene.base}`).checked = true;
        if (scene.against) byId(`against-${scene.against}`).checked = true;
      }
      showDates(scene);
    },
  };
}

export { create };
