// What a group of districts has in common: people, indicators taken together, and on which of them most stand out.
import { components, peopleIn } from "../core/near.js";
import { none, word } from "../views/verdicts.js";
import { amount, date, element, number, text } from "../core/words.js";

const worse = "conspicuous (unfavourable)";
const newest = (indicator) => indicator.slices[indicator.slices.length - 1];

// The share of all together, from the counts that are shown; a mean of shares would weigh a hamlet like a quarter.
function together(model, indicator, slice, members) {
  const counted = members.filter((one) => model.value(slice, one) !== null && slice.numerator && slice.denominator
    && slice.numerator[one] !== null && slice.denominator[one] !== null);
  const sum = (column) => counted.reduce((all, one) => all + column[one], 0);
  if (!counted.length || indicator.kind !== "share") return { value: null, lacking: members.length };
  const below = sum(slice.denominator);
  return { value: below > 0 ? (factorOf(model, slice) * sum(slice.numerator)) / below : null, lacking: members.length - counted.length };
}

// Shares are shown per hundred, or per thousand: the shown values tell which.
function factorOf(model, { values, numerator, denominator }) {
  const one = Array.from({ length: model.size }, (_, district) => district).find((district) =>
    values[district] > 0 && numerator[district] > 0 && denominator[district] > 0);
  return one === undefined ? 100 : 10 ** Math.round(Math.log10((values[one] * denominator[one]) / numerator[one]));
}

function rowOf(model, indicator, members) {
  const slice = newest(indicator);
  const { value, lacking } = together(model, indicator, slice, members);
  const judged = members.map((one) => (slice.verdicts ? word(model, "verdict", slice.verdicts, one) : none));
  const known = judged.filter((name) => name !== none).length;
  const found = judged.filter((name) => name === worse).length;
  if (value === null && !known) return null;
  const city = slice.city && typeof slice.city.value === "number" ? amount(slice.city.value, indicator) : "–";
  return { found, row: element("tr", {}, [
    element("th", { scope: "row", text: indicator.label }),
    element("td", { class: "number", text: value === null ? "–" : amount(value, indicator) + (lacking ? " *" : "") }),
    element("td", { class: "number", text: city }),
    element("td", { class: "number", text: known ? text("common.of", { found: number(found), known: number(known) }) : "–" })]),
  lacking: value !== null && lacking > 0 };
}

function peopleTold(model, members) {
  const when = Array.from(new Set(model.data.indicators.flatMap(({ slices }) => slices.map((slice) => slice.date)))).sort()
    .filter((iso) => model.people(iso)).pop();
  const found = when ? peopleIn(model, when, members) : null;
  if (!found || found.lacking === members.length) return null;
  return text(found.lacking ? "common.people_least" : "common.people", { count: number(found.count), date: date(when) });
}

// Both languages stand in the programme's part until somebody chooses.
const chosen = ({ data }, told) => (told && typeof told === "object" ? told[data.language] : told || "");

// Where need is high and provision low, by kind of facility; and which facilities lie in the group.
function provision(model, members) {
  const { programme } = model.data;
  if (!programme) return [];
  const [both, unknown] = ["both", "not_assessable"].map((id) => programme.quadrants.findIndex((one) => one.id === id));
  const lines = programme.need.map(({ kind, group, year, quadrants }) => {
    const known = members.filter((one) => Number(quadrants[one]) !== unknown);
    const found = known.filter((one) => Number(quadrants[one]) === both);
    return known.length ? element("li", { text: text("common.need", { kind: chosen(model, kind), group: chosen(model, group), year,
      found: number(found.length), known: number(known.length) }) }) : null;
  }).filter(Boolean);
  const counts = new Map();
  for (const { district, word: kind } of programme.facilities) {
    if (members.includes(model.place(district))) counts.set(chosen(model, kind), (counts.get(chosen(model, kind)) || 0) + 1);
  }
  const there = Array.from(counts, ([kind, count]) => `${kind}: ${number(count)}`).join("; ");
  if (!lines.length && !there) return [];
  return [element("h3", { text: text("common.provision") }), element("ul", { class: "plain-list", id: "board-provision" }, lines),
    element("p", { class: "plain", text: there ? text("common.facilities", { told: there }) : text("common.no_facilities") })];
}

function common(model, members) {
  if (!members.length) return [];
  const rows = Array.from(model.indicators.values(), (indicator) => rowOf(model, indicator, members)).filter(Boolean);
  const groups = components(model, members).length;
  return [
    element("p", { text: [peopleTold(model, members), text(groups === 1 ? "common.one_piece" : "common.pieces", { count: number(groups) })]
      .filter(Boolean).join(" ") }),
    rows.length ? element("table", { class: "others", id: "board-common" }, [
      element("thead", {}, [element("tr", {}, ["common.indicator", "common.together", "common.city", "common.worse"].map((key, place) =>
        element("th", { scope: "col", class: place ? "number" : "", text: text(key) })))]),
      element("tbody", {}, rows.map((one) => one && one.row))]) : null,
    rows.some((one) => one && one.lacking) ? element("p", { class: "plain", text: text("common.lacking") }) : null,
    ...provision(model, members),
  ].filter(Boolean);
}

export { common, together };
