// The column beside the map: the list, or one of the answers; which one stands in the address.
import * as changes from "../answers/changes.js";
import * as charts from "../answers/charts.js";
import * as city from "../answers/city.js";
import * as compare from "../answers/compare.js";
import * as programme from "../answers/programme.js";
import * as groups from "../answers/groups.js";
import { byId, element, one, text } from "../core/words.js";

const answers = { groups, changes, charts, compare, city, programme };
const names = ["list", ...Object.keys(answers)];
const most = 4;

// A key may hold a comma; what nobody encoded is no key.
function decoded(told) {
  try {
    return decodeURIComponent(told);
  } catch {
    return "";
  }
}

// Whatever the address wants, this is what can be shown.
function settle(model, wanted) {
  const compared = (Array.isArray(wanted.compare) ? wanted.compare : String(wanted.compare || "").split(",")
    .map((key) => model.place(decoded(key)))).filter((place) => place >= 0);
  return {
    side: names.includes(wanted.side) ? wanted.side : "list", from: wanted.from,
    compare: Array.from(new Set(compared)).slice(0, most),
  };
}

function told(model, state) {
  const found = {};
  if (state.side !== "list") found.side = state.side;
  if (state.side === "changes" && state.from) found.from = state.from;
  if (state.compare.length) found.compare = state.compare.map((place) => encodeURIComponent(model.data.districts.keys[place])).join(",");
  return found;
}

function create(model, act) {
  const box = byId("answer");
  const nav = byId("side-tabs");
  const tabs = new Map(names.map((name) => [name, element("button", { type: "button", "data-side": name, text: text(`side.${name}`) })]));
  nav.replaceChildren(...tabs.values());
  nav.setAttribute("aria-label", text("side.title"));
  let drawn = "";
  let shown = "list";
  nav.addEventListener("click", ({ target }) => target.dataset.side && act.choose({ side: target.dataset.side, district: -1 }));
  const lit = (target) => {
    const found = target.closest("[data-lit]");
    return found ? found.getAttribute("data-lit").split(" ").map(Number) : [];
  };
  box.addEventListener("mouseover", ({ target }) => act.light(lit(target)));
  box.addEventListener("mouseleave", () => act.light([]));
  box.addEventListener("focusin", ({ target }) => act.light(lit(target)));
  box.addEventListener("focusout", () => act.light([]));
  box.addEventListener("click", ({ target }) => {
    const found = target.closest("[data-district]");
    if (found) act.choose({ district: +found.dataset.district });
  });
  return {
    show(scene, state) {
      const answer = answers[state.side];
      const can = (name) => name === "list" || answers[name].offered(scene, model);
      for (const [name, tab] of tabs) {
        tab.hidden = !can(name);
        tab.setAttribute("aria-pressed", String(name === state.side));
      }
      const many = names.filter(can).length;
      nav.classList.toggle("some", many > 4);
      nav.classList.toggle("many", many > 5);
      shown = answer && can(state.side) ? state.side : "list";
      const open = state.district >= 0;
      byId("districts-list").hidden = open || shown !== "list";
      box.hidden = open || shown === "list";
      act.label(!box.hidden && shown === "groups" ? groups.groupsOf(model, scene).flatMap((one) => one.groups) : []);
      const frame = one("main");
      // One district, or none yet, needs no more room than a list.
      const broad = !open && shown === "compare" && state.compare.length > 1;
      if (frame.classList.contains("broad") !== broad) {
        frame.classList.toggle("broad", broad);
        act.fit();
      }
      if (box.hidden) { drawn = ""; return; }
      const key = JSON.stringify({ ...state, district: 0 });
      if (key === drawn) return;
      drawn = key;
      box.replaceChildren(...[element("h2", { text: text(`side.${shown}.title`) }), ...answer.draw(model, scene, act, state)].filter(Boolean));
      box.scrollTop = 0;
    },
    // What is pointed at anywhere lights up here, too.
    light(members) {
      if (box.hidden) return;
      const wanted = new Set(members);
      for (const part of box.querySelectorAll(".lit")) part.classList.remove("lit");
      if (!wanted.size) return;
      for (const part of box.querySelectorAll("[data-lit]")) {
        if (part.getAttribute("data-lit").split(" ").some((place) => wanted.has(+place))) part.classList.add("lit");
      }
      if (shown === "charts") charts.light(members);
    },
    focus: () => (box.hidden ? null : tabs.get(shown).focus()),
    answer: () => (box.hidden ? null : shown),
  };
}

export { create, settle, told };
