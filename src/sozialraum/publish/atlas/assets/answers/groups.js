// Districts of one kind that lie beside each other: numbered, named, counted.
import { components, peopleIn, whereabouts } from "../core/near.js";
import { element, number, text } from "../core/words.js";

const low = ["very low", "low"];
const gathered = {
  clusters: [["high", ["cluster-high-high"]], ["low", ["cluster-low-low"]]],
  status: [["status", low]], attention: [["attention", ["yes"]]],
  combined: [["status", low.flatMap((name) => ["negative", "stable", "positive"].map((way) => `${name}|${way}`))]],
  verdict: [["worse", ["conspicuous (unfavourable)"]], ["better", ["conspicuous (favourable)"]]],
  profile: [["profile", ["burdened-0", "burdened-1", "burdened-2"]]],
};

const offered = (scene) => scene.view in gathered;
const named = (where) => where.name || text(`near.${where.way}`);

function peopleTold(model, scene, members) {
  const found = peopleIn(model, scene.date, members);
  if (!found || found.lacking === members.length) return "";
  const count = number(found.count);
  return found.lacking ? text("groups.people_least", { count }) : text("groups.people", { count });
}

function sizeTold(model, scene, members) {
  const size = text(members.length === 1 ? "groups.size_one" : "groups.size", { count: number(members.length) });
  return [size, peopleTold(model, scene, members)].filter(Boolean).join(", ");
}

// Numbered through all kinds, so that a number names one group of the map.
function groupsOf(model, scene) {
  let count = 0;
  return (gathered[scene.view] || []).map(([kind, ids]) => {
    const members = Array.from(scene.of.keys()).filter((district) => ids.includes(scene.of[district].id));
    const groups = components(model, members).map((group) => {
      count += 1;
      return { number: count, members: group, name: named(whereabouts(model, group)), told: sizeTold(model, scene, group) };
    });
    return { kind, groups };
  });
}

function item(model, { number: place, members, name, told }) {
  const names = members.map((one) => model.data.districts.names[one]).join(", ");
  const one = members.length === 1;
  return element("li", {}, [
    element("button", { type: "button", class: "group", "data-lit": members.join(" "), "data-district": one ? members[0] : null }, [
      element("span", { class: "badge", text: number(place) }),
      element("span", {}, [element("strong", { text: name }), element("span", { text: `: ${told}` }),
        element("span", { class: "plain names", text: names })]),
    ])]);
}

function draw(model, scene) {
  return groupsOf(model, scene).flatMap(({ kind, groups }) => [
    element("h3", { text: text(`groups.${kind}`, { count: number(groups.length) }) }),
    groups.length ? element("ol", { class: "groups" }, groups.map((group) => item(model, group)))
      : element("p", { class: "plain", text: text("groups.none") }),
  ]).concat([element("p", { class: "plain", text: text("groups.explain") })]);
}

// The largest group in words, for the headline; nothing where all lie alone.
function largest(model, scene, kind) {
  const found = groupsOf(model, scene).find((one) => one.kind === kind);
  const [first] = found ? found.groups : [];
  return first && first.members.length > 1 ? text("groups.largest", { name: first.name, told: first.told }) : "";
}

export { offered, draw, groupsOf, largest, sizeTold };
