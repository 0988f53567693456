// Two to four districts side by side: all indicators with their intervals, and their years.
import * as fills from "../core/fills.js";
import * as models from "../core/model.js";
import { extent, round, scale } from "../charts/frame.js";
import { kinds } from "../charts/course.js";
import { label, look, none, overall, word } from "../views/verdicts.js";
import { peopleIn } from "../core/near.js";
import { amount, compare as byName, date, drawing, element, number, range, text } from "../core/words.js";

const most = 4;
const offered = () => true;

function chooser(model, act, chosen) {
  const { names } = model.data.districts;
  const others = Array.from(names.keys()).filter((one) => !chosen.includes(one)).sort((a, b) => byName(names[a], names[b]));
  const select = element("select", { id: "compare-add" }, [element("option", { value: "", text: text("compare.add") }),
    ...others.map((one) => element("option", { value: one, text: names[one] }))]);
  select.addEventListener("change", () => select.value && act.choose({ compare: [...chosen, +select.value] }));
  const label = element("label", { class: "field" }, [element("span", { text: text("compare.one") }), select]);
  return chosen.length < most ? label : element("p", { class: "plain", text: text("compare.full") });
}

function headCell(model, one, nth) {
  const name = model.data.districts.names[one];
  return element("th", { scope: "col", "data-lit": one }, [
    element("span", { class: `key ${kinds[nth]}` }),
    element("button", { type: "button", class: "link", "data-district": one, text: name }),
    element("button", { type: "button", class: "take", "data-take": one, "aria-label": text("compare.take", { name }), text: "×" })]);
}

const row = (head, cells) => element("tr", {}, [element("th", { scope: "row", text: head }), ...cells]);

function classRow(model, scene, chosen, kind, head) {
  const { index } = overall(model, "all", scene.date);
  if (!index) return null;
  return row(text(head), [...chosen.map((one) => {
    const found = word(model, kind, index[kind], one);
    return element("td", { "data-lit": one }, [fills.swatch(look(model, kind, found)),
      element("span", { text: ` ${found === none ? text("assessment.status.not assessable") : label(kind, found)}` })]);
  }), element("td", { text: "" })]);
}

function peopleRow(model, scene, chosen) {
  if (!model.people(scene.date)) return null;
  return row(text("compare.people"), [...chosen.map((one) => {
    const found = peopleIn(model, scene.date, [one]);
    return element("td", { "data-lit": one, text: !found || found.lacking ? text("panel.none") : number(found.count) });
  }), element("td", { text: "" })]);
}

// The slice that is told beside the date: the same date, else the last before it.
const beside = (indicator, wanted) => indicator.slices.filter((slice) => slice.date <= wanted).pop();

function valueCell(model, indicator, slice, one) {
  const cell = models.cell(model, slice, one);
  if (cell.value === null) return element("td", { class: "none", "data-lit": one, text: text(`flag.${cell.flag}`) });
  const mark = model.assessment && slice.verdicts && word(model, "verdict", slice.verdicts, one);
  return element("td", { "data-lit": one }, [
    mark && mark !== none ? element("span", { title: label("verdict", mark) }, [fills.swatch(look(model, "verdict", mark)),
      element("span", { class: "visually-hidden", text: label("verdict", mark) })]) : null,
    element("strong", { text: ` ${amount(cell.value, indicator)}` }),
    cell.lower !== null && cell.upper !== null ? element("span", { class: "plain", text: ` (${range(cell.lower, cell.upper, indicator)})` }) : null]);
}

function indicatorRow(model, scene, chosen, indicator) {
  const slice = beside(indicator, scene.date);
  if (!slice) return null;
  const stamp = slice.date === scene.date ? "" : ` (${date(slice.date, indicator)})`;
  const city = slice.city ? slice.city.value ?? slice.city.median : null;
  return row(indicator.label + stamp, [...chosen.map((one) => valueCell(model, indicator, slice, one)),
    element("td", { text: amount(city, indicator) })]);
}

function mini(model, chosen, indicator) {
  const { slices } = indicator;
  const city = (slice) => (slice.city ? slice.city.value ?? slice.city.median : null);
  const found = extent(slices.flatMap((slice) => [...chosen.map((one) => model.value(slice, one)), city(slice)]));
  if (!found || slices.length < 2) return null;
  const [wide, high] = [150, 60];
  const x = scale(Date.parse(slices[0].date), Date.parse(slices[slices.length - 1].date), 4, wide - 4);
  const y = scale(found[0], found[1], high - 6, 6);
  const path = (value, kind, lit) => {
    let open = false;
    const d = slices.map((slice) => {
      const now = value(slice);
      if (typeof now !== "number") { open = false; return ""; }
      const told = `${open ? "L" : "M"}${round(x(Date.parse(slice.date)))},${round(y(now))}`;
      open = true;
      return told;
    }).join("");
    return drawing("path", { class: kind, d, ...(lit === undefined ? {} : { "data-lit": lit }) });
  };
  const ends = chosen.map((one) => `${model.data.districts.names[one]}: ${slices.map((slice) =>
    `${slice.date.slice(0, 4)} ${amount(model.value(slice, one), indicator)}`).join(", ")}`).join("; ");
  return element("figure", { class: "mini" }, [element("figcaption", { class: "plain", text: indicator.label }),
    drawing("svg", { class: "chart", viewBox: `0 0 ${wide} ${high}`, role: "img", "aria-label": `${indicator.label}. ${ends}` }, [
      drawing("path", { class: "grid", d: `M0,${high - 4}H${wide}` }), path(city, "reference", undefined),
      ...chosen.map((one, nth) => path((slice) => model.value(slice, one), `compared ${kinds[nth]}`, one))]),
    element("span", { class: "ends plain" }, [element("span", { text: slices[0].date.slice(0, 4) }),
      element("span", { text: text("compare.scale", { low: amount(found[0], indicator), high: amount(found[1], indicator) }) }),
      element("span", { text: slices[slices.length - 1].date.slice(0, 4) })])]);
}

function table(model, scene, chosen, act) {
  const heads = [element("th", { scope: "col", text: `${text("control.indicator")}, ${date(scene.date)}` }),
    ...chosen.map((one, nth) => headCell(model, one, nth)), element("th", { scope: "col", text: text("compare.city") })];
  const rows = [peopleRow(model, scene, chosen),
    ...(model.assessment ? [classRow(model, scene, chosen, "status", "view.status"), classRow(model, scene, chosen, "dynamic", "view.dynamic")] : []),
    ...Array.from(model.indicators.values(), (indicator) => indicatorRow(model, scene, chosen, indicator))].filter(Boolean);
  const made = element("table", { class: "others compared-table" }, [
    element("thead", {}, [element("tr", {}, heads)]), element("tbody", {}, rows)]);
  made.addEventListener("click", (event) => {
    const take = /** @type {Element} */ (event.target).closest("[data-take]");
    if (!take) return;
    event.stopPropagation();
    act.choose({ compare: chosen.filter((one) => one !== Number(take.getAttribute("data-take"))) });
  });
  return element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": text("side.compare.title") }, [made]);
}

function draw(model, scene, act, state) {
  const chosen = state.compare;
  if (!chosen.length) return [element("p", { text: text("compare.empty") }), chooser(model, act, chosen)];
  const minis = Array.from(model.indicators.values(), (indicator) => mini(model, chosen, indicator)).filter(Boolean);
  return [chooser(model, act, chosen), table(model, scene, chosen, act),
    minis.length ? element("h3", { text: text("panel.series") }) : null,
    minis.length ? element("p", { class: "plain", text: text("compare.lines") }) : null,
    element("div", { class: "minis" }, minis)];
}

export { offered, draw, most };
