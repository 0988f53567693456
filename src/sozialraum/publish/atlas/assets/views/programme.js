// What the city does: programme areas and how their goals stand; need beside provision.
import { date, number, text } from "../core/words.js";

const lights = ["bad", "warn", "good", "none"];
const lightLooks = { bad: { colour: "#701c10" }, warn: { colour: "#d98a3d" }, good: { colour: "#a9d3de" }, none: { pattern: "not assessable" } };

const placesOf = (model, keys) => keys.map(model.place).filter((place) => place >= 0);
const yearOf = (programme) => `${programme.year}-12-31`;

function common(model, year) {
  return { lines: [], marks: [], unit: "", edge: "grey", edgesTold: null, notes: [], amount: () => null, isEmpty: () => false,
    subject: `${model.data.city}, ${date(year)}` };
}

const goalsOf = (programme, area) => programme.goals.filter((goal) => goal.area === area.id);
// An area stands where the worst of its goals stands: nothing is averaged away.
const worst = (goals) => lights.find((light) => goals.some((goal) => goal.light === light)) || "none";
const marksOf = (goals) => goals.map(({ symbol, word }) => `${symbol} ${word}`).join(", ");

const areas = {
  tab: "programme",
  available: ({ data }) => Boolean(data.programme && data.programme.areas.length),
  dates: ({ data }) => [yearOf(data.programme)],
  show(model) {
    const { programme } = model.data;
    const of = new Map();
    for (const area of programme.areas) for (const place of placesOf(model, area.districts)) of.set(place, area);
    const others = new Map(programme.decisions.map((decision) => [model.place(decision.district), decision]));
    const declined = new Map(Array.from(others).filter(([place, { decision }]) => decision !== "include" && !of.has(place)));
    const states = new Map(programme.areas.map((area) => [area.id, worst(goalsOf(programme, area))]));
    const told = (district) => {
      if (of.has(district)) return [of.get(district).name, marksOf(goalsOf(programme, of.get(district)))].filter(Boolean).join(": ");
      return declined.has(district) ? text("areas.decided", { word: declined.get(district).word }) : text("areas.none");
    };
    return {
      ...common(model, yearOf(programme)), told, long: true,
      entries: [...lights.map((light) => ({ id: light, label: text(`areas.${light}`), ...lightLooks[light], always: light !== "none" })),
        { id: "declined", label: text("areas.declined"), pattern: "not applicable", always: false },
        { id: "outside", label: text("areas.none"), colour: "#f4f3ef", always: true }],
      stateOf: (district) => (of.has(district) ? states.get(of.get(district).id) : declined.has(district) ? "declined" : "outside"),
      tip: () => told,
      names: programme.areas.map((area) => ({ members: placesOf(model, area.districts), name: area.name,
        told: goalsOf(programme, area).map(({ symbol }) => symbol).join(" ") })),
      headline: () => text(programme.areas.length === 1 ? "headline.areas_one" : "headline.areas", { areas: number(programme.areas.length), goals: number(programme.goals.length),
        good: number(programme.goals.filter(({ light }) => light === "good").length),
        bad: number(programme.goals.filter(({ light }) => light === "bad").length) }),
      title: text("view.areas"), sentence: text("colour.areas"),
      notes: Object.values(programme.symbols).filter(({ word }) => programme.goals.some((goal) => goal.word === word))
        .map(({ symbol, word }) => [`${symbol} ${word}`, "small"]),
    };
  },
};

const needLooks = { both: { colour: "#701c10" }, need: { colour: "#cb742f" }, provision: { colour: "#b6a9dc" }, neither: { colour: "#f3efe4" } };
const patternOf = (id) => (id === "undecided" ? "later" : "not assessable");
const least = 95;

const need = {
  tab: "programme",
  available: ({ data }) => Boolean(data.programme && data.programme.need.length),
  groups: ({ data }) => data.programme.need.map(({ id }) => id),
  groupLabel: ({ data }, id) => {
    const found = data.programme.need.find((theme) => theme.id === id);
    return found ? `${found.kind}: ${found.group}` : id;
  },
  dates: ({ data }, state) => [`${data.programme.need.find(({ id }) => id === state.group).year}-12-31`],
  show(model, state) {
    const { programme } = model.data;
    const theme = programme.need.find(({ id }) => id === state.group);
    const quadrant = (district) => programme.quadrants[+theme.quadrants[district]];
    const sure = (district) => theme.sure[district];
    const told = (district) => (quadrant(district).id in needLooks ? text(`need.short.${quadrant(district).id}`) : quadrant(district).word);
    return {
      ...common(model, `${theme.year}-12-31`), group: state.group, told, long: true, square: ["both", "need", "provision", "neither"].map((id) => needLooks[id].colour),
      entries: programme.quadrants.map(({ id, word }) => ({ id, label: word, ...(needLooks[id] || { pattern: patternOf(id) }), always: id in needLooks })),
      stateOf: (district) => quadrant(district).id,
      unsure: (district) => quadrant(district).id in needLooks && sure(district) !== null && sure(district) < least,
      unsureTold: text("need.unsure"),
      measure: text("need.short"),
      tip: () => (district) => [quadrant(district).word, sure(district) === null ? "" : text("need.sure", { count: number(sure(district)) })].filter(Boolean).join(" · "),
      headline: (among) => text("headline.quadrants", { both: number(among("both").length), need: number(among("need").length) }),
      subject: `${theme.kind}, ${theme.group}, ${theme.year}`,
      title: text("view.need"), sentence: text("colour.need"),
      notes: [[programme.quadrants[0].told, "small"]],
    };
  },
};

const views = { areas, need };

// Facilities by their kind, and what people saw on the spot (internal pages only), as layers that can be switched on.
const colours = ["#0b5a7a", "#6a1b5d", "#2c6e3f", "#8a5a00", "#1238c8", "#444b52"];
function layersOf({ data, place }) {
  const { programme } = data;
  if (!programme) return [];
  const kinds = Array.from(new Set(programme.facilities.map(({ word }) => word)));
  const point = (lon, lat) => ({ type: "Point", coordinates: [lon, lat] });
  const look = (colour) => ({ color: "#ffffff", weight: 1.5, opacity: 1, fill: true, fillColor: colour, fillOpacity: 1, radius: 5 });
  const facilities = kinds.map((kind, at) => ({
    name: kind, shown: false, looks: [look(colours[at % colours.length])],
    features: programme.facilities.filter(({ word }) => word === kind).map((one) => ({ geometry: point(one.lon, one.lat), look: 0,
      tip: [one.name, one.capacity === null ? "" : `${number(one.capacity)} ${one.unit || ""}${one.year ? ` (${one.year})` : ""}`,
        one.exact ? "" : text("facility.middle")].filter(Boolean).join("\n") })),
  }));
  const drawn = programme.sites.filter(({ outline }) => outline);
  const sites = { name: text("sites.layer"), shown: false, looks: [{ color: "#1a7fe0", weight: 3.5, opacity: 1, dashArray: "9 5", fill: false, fillOpacity: 0 }],
    features: drawn.map((site) => ({ geometry: site.outline, look: 0, tip: siteTold(site) })) };
  const marked = [...facilities, ...(drawn.length ? [sites] : [])];
  const middles = new Map(programme.facilities.filter(({ exact }) => !exact).map((one) => [one.district, [one.lon, one.lat]]));
  const notes = programme.notes.flatMap((note) => note.districts.filter((key) => place(key) >= 0 && middles.has(key))
    .map((key) => ({ geometry: point(...middles.get(key)), look: 0, tip: noteTold(note) })));
  return notes.length ? [...marked, { name: text("notes.layer"), shown: false, looks: [{ ...look("#ffd166"), color: "#3a2600", radius: 7 }], features: notes }]
    : marked;
}

// A legal perimeter: its name, its law, from when until when.
const siteTold = ({ name, basis, since, until }) => [name, [basis, [since, until].filter(Boolean).map((iso) => iso.slice(0, 4)).join("–")].filter(Boolean).join(", ")]
  .filter(Boolean).join("\n");

const noteTold = (note) => [`${date(note.date)} · ${note.role}${note.theme ? ` · ${note.theme}` : ""}`, note.text].filter(Boolean).join("\n");

export { views, layersOf, goalsOf, noteTold };
