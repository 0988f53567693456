// What is done: programme areas with their goals and measures, for the city and for one district.
import { block, titled } from "../parts/blocks.js";
import { date, element, number, spelledDays, text } from "../core/words.js";
import { goalsOf, noteTold } from "../views/programme.js";

const offered = (_scene, model) => Boolean(model.data.programme && (model.data.programme.goals.length || model.data.programme.areas.length));

function goal({ symbol, word, light, title, shown, due, sentence }) {
  return element("li", { class: `goal ${light}` }, [
    element("p", {}, [element("span", { class: "light", "aria-hidden": "true", text: symbol }), element("strong", { text: `${word}: ` }), element("span", { text: title })]),
    element("p", { class: "plain", text: text("goal.figures", { baseline: shown.baseline, figure: shown.figure, target: shown.target, due: spelledDays(due) }) }),
    element("details", {}, [element("summary", { text: text("goal.more") }), element("p", { class: "plain", text: sentence })]),
  ]);
}

function measure({ title, word, lead, funding, starts, ends }) {
  const years = [starts, ends].map((iso) => (iso ? date(iso) : "")).filter(Boolean).join(" – ");
  return element("li", {}, [element("strong", { text: title }), element("span", { class: "plain", text: ` · ${[word, lead, years, funding.word].filter(Boolean).join(" · ")}` })]);
}

const list = (kind, rows) => (rows.length ? element("ul", { class: kind }, rows) : null);

function lists(goals, measures) {
  return [
    goals.length ? element("h4", { text: text("programme.goals") }) : null, list("goals", goals.map(goal)),
    measures.length ? element("h4", { text: text("programme.measures") }) : null, list("measures", measures.map(measure)),
  ];
}

const servingOf = (programme, goals, districts) => programme.measures.filter((one) => one.goals.some((id) => goals.some((found) => found.id === id))
  || one.districts.some((key) => districts.includes(key)));

function draw(model) {
  const { programme } = model.data;
  const places = (area) => area.districts.map(model.place).filter((place) => place >= 0);
  const parts = programme.areas.map((area) => {
    const goals = goalsOf(programme, area);
    return element("section", { class: "figure" }, [
      element("h3", { "data-lit": places(area).join(" "), text: area.name }),
      element("p", { class: "plain", text: places(area).map((place) => model.data.districts.names[place]).join(", ") }),
      element("p", { class: "plain", text: area.sentence }), ...lists(goals, servingOf(programme, goals, area.districts)),
    ]);
  });
  const rest = programme.goals.filter((one) => !programme.areas.some(({ id }) => id === one.area));
  if (rest.length) parts.push(element("section", { class: "figure" }, [element("h3", { text: text("programme.rest") }), ...lists(rest, [])]));
  return [element("p", { class: "plain", text: text("programme.year", { year: programme.year }) }), ...parts];
}

// The same for one district, with what was decided about it, its facilities and, inside the house, what was seen there.
function districtBlock(model, district) {
  const { programme } = model.data;
  if (!programme) return null;
  const key = model.data.districts.keys[district];
  const area = programme.areas.find(({ districts }) => districts.includes(key));
  const goals = programme.goals.filter((one) => one.districts.includes(key) || (area && one.area === area.id));
  const measures = programme.measures.filter((one) => one.districts.includes(key) || one.goals.some((id) => goals.some((found) => found.id === id)));
  const facilities = programme.facilities.filter((one) => one.district === key);
  const notes = programme.notes.filter(({ districts }) => districts.includes(key));
  const decided = programme.decisions.filter((one) => one.district === key);
  if (!area && !goals.length && !measures.length && !facilities.length && !notes.length && !decided.length) return null;
  return block([
    element("h3", { text: text("programme.done") }),
    area ? titled({ colour: "#16242e" }, text("programme.in", { name: area.name })) : null,
    ...decided.flatMap(({ sentence, reason }) => [element("p", { text: sentence }), reason ? element("p", { class: "plain", text: reason }) : null]),
    ...lists(goals, measures),
    facilities.length ? element("h4", { text: text("programme.facilities") }) : null,
    list("plain-list", facilities.map((one) => element("li", { text: [one.name, one.word,
      one.capacity === null ? "" : `${number(one.capacity)} ${one.unit || ""}`].filter(Boolean).join(" · ") }))),
    notes.length ? element("h4", { text: text("notes.layer") }) : null,
    list("plain-list", notes.map((note) => element("li", { text: noteTold(note).replace("\n", ": ") }))),
  ]);
}

const light = () => {};

export { offered, draw, light, districtBlock };
