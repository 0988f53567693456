// For whom a situation is unfavourable: a bar per target group, and the class of whoever is pointed at.
import * as fills from "../core/fills.js";
import { element, number, text } from "../core/words.js";
import { label, look, none, overall, word } from "../views/verdicts.js";

const unfavourable = ["low", "very low"];

function rowsOf(model, scene) {
  return model.assessment.groups.map(({ id, label: told }) => {
    const { index } = overall(model, id, scene.date);
    if (!index) return null;
    const classes = Array.from({ length: model.size }, (_, one) => word(model, "status", index.status, one));
    const known = classes.filter((name) => name !== none).length;
    return { id, told: id === "all" ? text("control.everyone") : told, classes, known,
      worse: classes.filter((name) => unfavourable.includes(name)).length };
  }).filter((row) => row && row.known);
}

function targetGroups(model, scene, act) {
  if (!model.assessment || scene.tab !== "whole") return null;
  const rows = rowsOf(model, scene);
  if (rows.length < 2) return null;
  const most = Math.max(...rows.map(({ worse, known }) => worse / known)) || 1;
  const lit = rows.map(() => element("span", { class: "chart-told" }));
  const name = element("p", { class: "chart-told" });
  const items = rows.map(({ id, told, worse, known }, place) => {
    const bar = element("span", { class: "group-bar" });
    bar.style.width = `${Math.round((100 * worse) / known / most)}%`;
    return element("tr", id === scene.group ? { "aria-current": "true" } : {}, [
      element("th", { scope: "row" }, [element("button", { type: "button", class: "link", "data-group": id, text: told })]),
      element("td", { class: "bar-cell" }, [bar]),
      element("td", { class: "number", text: text("charts.groups.of", { worse: number(worse), known: number(known) }) }),
      element("td", {}, [lit[place]]),
    ]);
  });
  const table = element("table", { class: "others group-bars" }, [element("tbody", {}, items)]);
  table.addEventListener("click", ({ target }) => {
    const group = /** @type {Element} */ (target).closest("[data-group]");
    if (group) act.choose({ group: group.getAttribute("data-group") });
  });
  const light = (members) => {
    const [one] = members;
    name.textContent = one === undefined ? "" : model.data.districts.names[one];
    rows.forEach(({ classes }, place) => lit[place].replaceChildren(...(one === undefined ? []
      : [fills.swatch(look(model, "status", classes[one])), element("span", { text: ` ${label("status", classes[one])}` })])));
  };
  return { light, node: element("section", { class: "figure" }, [element("h3", { text: text("charts.groups") }), table, name,
    element("p", { class: "plain", text: text("charts.groups.note") })]) };
}

export { targetGroups };
