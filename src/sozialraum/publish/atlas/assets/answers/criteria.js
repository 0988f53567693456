// Which districts meet conditions: an indicator, at least or at most a value; all conditions at once.
import { element, number, text } from "../core/words.js";

const most = 4;
const newest = (indicator) => indicator.slices[indicator.slices.length - 1];

// A district without a value meets no condition.
function meets(model, conditions, one) {
  return conditions.every(({ indicator, way, limit }) => {
    const value = model.value(newest(model.indicators.get(indicator)), one);
    return value !== null && (way === "least" ? value >= limit : value <= limit);
  });
}

function line(model) {
  const indicator = element("select", { class: "criterion", "aria-label": text("control.indicator") },
    Array.from(model.indicators.values(), ({ id, label }) => element("option", { value: id, text: label })));
  const way = element("select", { "aria-label": text("criteria.way") }, ["least", "most"].map((name) =>
    element("option", { value: name, text: text(`criteria.${name}`) })));
  const limit = element("input", { type: "number", step: "any", "aria-label": text("criteria.limit") });
  const unit = element("span", { class: "plain" });
  const told = () => { unit.textContent = model.indicators.get(indicator.value).unit; };
  indicator.addEventListener("change", told);
  told();
  return { node: element("div", { class: "criterion-line" }, [indicator, way, limit, unit]),
    read: () => (limit.value === "" ? null : { indicator: indicator.value, way: way.value, limit: Number(limit.value) }) };
}

function create(model, take) {
  const lines = [line(model)];
  const box = element("div", { class: "criteria" }, [lines[0].node]);
  const told = element("p", { class: "plain", id: "criteria-told", role: "status" });
  const more = element("button", { type: "button", text: text("criteria.more") });
  const all = element("button", { type: "button", id: "criteria-take", text: text("criteria.take"), disabled: "" });
  /** @type {number[]} */
  let found = [];
  function look() {
    const conditions = lines.map(({ read }) => read()).filter(Boolean);
    found = conditions.length ? Array.from({ length: model.size }, (_, one) => one).filter((one) => meets(model, conditions, one)) : [];
    const names = found.slice(0, 12).map((one) => model.data.districts.names[one]).join(", ");
    told.textContent = conditions.length ? `${text(found.length === 1 ? "criteria.found_one" : "criteria.found", { count: number(found.length) })}${names ? `: ${names}` : ""}${found.length > 12 ? " …" : ""}` : "";
    all.toggleAttribute("disabled", !found.length);
  }
  box.addEventListener("input", look);
  more.addEventListener("click", () => {
    lines.push(line(model));
    box.append(lines[lines.length - 1].node);
    more.hidden = lines.length >= most;
  });
  all.addEventListener("click", () => take(found));
  return element("details", { class: "criteria-box" }, [element("summary", { text: text("criteria.title") }), box,
    element("div", { class: "controls" }, [more, all]), told]);
}

export { create, meets };
