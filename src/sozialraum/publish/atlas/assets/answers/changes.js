// Who changed class between two dates: from what to what, and how many people live there.
import * as fills from "../core/fills.js";
import * as viewsPart from "../views/views.js";
import { sizeTold } from "./groups.js";
import { date, element, number, text } from "../core/words.js";

// Classes with an order, from favourable to unfavourable; elsewhere a change is a change.
const orders = {
  status: ["high", "medium", "low", "very low"],
  dynamic: ["positive", "stable", "negative"],
  attention: ["no", "early warning", "persistent early warning", "yes"],
  verdict: ["conspicuous (favourable)", "inconspicuous", "conspicuous (unfavourable)"],
};

// So many names of one change are told; a city of thousands would fill the page.
const most = 60;

const offered = (scene) => scene.dates.length > 1;

function orderOf(scene) {
  if (scene.view !== "values") return orders[scene.view] || [];
  // The legend has the unfavourable end on top.
  return scene.entries.map(({ id }) => id).filter((id) => id.startsWith("class-")).reverse();
}

const earlier = (scene) => scene.dates.filter((iso) => iso < scene.date);

function from(scene, wanted) {
  const dates = earlier(scene);
  return dates.includes(wanted) ? wanted : dates[dates.length - 1];
}

// Changes of one kind lie together, the most frequent first.
function moves(scene, before) {
  const order = orderOf(scene);
  const found = new Map();
  scene.of.forEach((now, district) => {
    const then = before.of[district];
    if (then.id === now.id) return;
    const key = `${then.id}>${now.id}`;
    const [a, b] = [order.indexOf(then.id), order.indexOf(now.id)];
    if (!found.has(key)) found.set(key, { then, now, members: [], way: a < 0 || b < 0 ? "other" : b > a ? "worse" : "better" });
    found.get(key).members.push(district);
  });
  return Array.from(found.values()).sort((a, b) => b.members.length - a.members.length);
}

function move(model, scene, { then, now, members }) {
  const names = members.slice(0, most).map((district) => element("li", {}, [
    element("button", { type: "button", class: "link", "data-district": district, "data-lit": district,
      text: model.data.districts.names[district] }),
    scene.unsure && scene.unsure(district) ? element("span", { class: "plain", text: ` ${text("changes.unsure")}` }) : null,
  ]));
  return element("li", { class: "move" }, [
    element("p", { "data-lit": members.join(" ") }, [fills.swatch(then), element("span", { text: ` ${then.label} → ` }), fills.swatch(now),
      element("strong", { text: ` ${now.label}` }), element("span", { text: `: ${sizeTold(model, scene, members)}` })]),
    element("ul", { class: "inline" }, [...names, members.length > most
      ? element("li", { class: "plain", text: text("changes.more", { count: number(members.length - most) }) }) : null]),
  ]);
}

const worded = (scene) => (scene.view === "values" && scene.indicator.polarity === "context" ? "_context" : "");

function chooser(scene, since, act) {
  const select = element("select", { id: "changes-from" }, earlier(scene).map((iso) => element("option", { value: iso, text: date(iso) })));
  select.value = since;
  select.addEventListener("change", () => act.choose({ from: select.value }));
  return element("label", { class: "field" }, [element("span", { text: text("changes.from") }), select]);
}

function draw(model, scene, act, state) {
  const since = from(scene, state.from);
  if (!since) return [element("p", { text: text("changes.first", { date: date(scene.date) }) })];
  const before = viewsPart.scene(model, viewsPart.possible(model, { ...state, date: since }));
  const found = moves(scene, before);
  const count = found.reduce((sum, { members }) => sum + members.length, 0);
  const parts = ["worse", "better", "other"].map((way) => ({ way, some: found.filter((one) => one.way === way) }))
    .filter(({ some }) => some.length).flatMap(({ way, some }) => [
      element("h3", { text: text(`changes.${way}${way === "other" ? "" : worded(scene)}`, { count: number(some.reduce((sum, { members }) => sum + members.length, 0)) }) }),
      element("ul", { class: "moves" }, some.map((one) => move(model, scene, one)))]);
  const ends = { since: date(since), date: date(scene.date) };
  // Days have an article in German, years have none.
  const kind = [ends.since, ends.date].every((end) => /^[\dIVX]+\./.test(end)) ? "" : "_periods";
  const told = `${count === 0 ? "changes.none" : "changes.count"}${kind}`;
  return [chooser(scene, since, act),
    element("p", { class: "told", text: text(told, { count: number(count), all: number(model.size), ...ends }) }),
    ...parts, element("p", { class: "plain", text: text("changes.explain") })];
}

export { offered, draw, from, moves };
