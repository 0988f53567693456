// The council's working sheet: a draft programme area beside what the rule proposes.
import * as criteria from "../answers/criteria.js";
import * as decisions from "../core/decisions.js";
import * as drafts from "../core/draft.js";
import { common } from "../answers/common.js";
import { attentionState } from "../views/whole.js";
import { byId, date, element, number, text } from "../core/words.js";
import { overall, robustDate } from "../views/verdicts.js";
import { save } from "./tools.js";

const bodies = ["Rat", "Ausschuss", "Bezirksvertretung", "Verwaltung"];

function proposals(model) {
  const when = model.assessment ? robustDate(model) : null;
  const { index } = when ? overall(model, "all", when) : { index: null };
  const states = Array.from({ length: model.size }, (_, district) => attentionState(model, index, district));
  const proposed = (district) => (!index || states[district] === "undefined" ? "" : states[district] === "yes" ? "aufnehmen" : "ablehnen");
  return { when, proposed };
}

function today() {
  const now = new Date();
  const two = (part) => String(part).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

const button = (id, key, job) => {
  const made = element("button", { type: "button", id, text: text(key) });
  made.addEventListener("click", job);
  return made;
};
const field = (key, control) => element("label", { class: "field" }, [element("span", { text: text(key) }), control]);

// The fields that hold for all that is decided: day, body, paper.
function heads(draft) {
  const body = element("select", { id: "board-body" }, bodies.map((name) => element("option", { value: name, text: name })));
  const paper = element("input", { id: "board-paper", maxlength: 200 });
  const day = element("input", { id: "board-day", type: "date", required: "" });
  const store = () => draft.settle({ date: day.value, body: body.value, paper: paper.value.trim() });
  for (const input of [body, paper, day]) input.addEventListener("change", store);
  function show() {
    const told = draft.head();
    day.value = told.date || today();
    body.value = bodies.includes(told.body) ? told.body : bodies[0];
    paper.value = told.paper;
  }
  show();
  return { day, body, paper, show, store };
}

function create(model) {
  const { names } = model.data.districts;
  const { when, proposed } = proposals(model);
  const draft = drafts.create(model, proposed);
  const board = byId("board");
  const all = Array.from(names.keys());
  const head = heads(draft);
  const add = element("select", { id: "board-add" });
  const file = element("input", { id: "board-file", type: "file", accept: ".csv,text/csv" });
  const told = element("p", { id: "board-told", role: "status" });
  const summary = element("div", { id: "board-summary" });
  const shared = element("div", { id: "board-shared" });
  const table = element("table", { class: "others", id: "board-rows" });

  function sum() {
    const chosen = all.filter(draft.has);
    const lacking = draft.rows().filter(draft.lacks).length;
    summary.replaceChildren(...[
      element("p", { class: "big", text: text("board.count", { count: number(chosen.length) }) }),
      when && element("p", { text: text("board.attention", { count: number(chosen.filter(draft.isProposed).length), date: date(when) }) }),
      element("p", { class: "plain", text: chosen.map((district) => names[district]).join(", ") }),
      lacking ? element("p", { class: "warn", text: text("board.lacking", { count: number(lacking) }) }) : null,
    ].filter(Boolean));
    shared.replaceChildren(...common(model, chosen));
    for (const mark of table.querySelectorAll("[data-lacks]")) /** @type {HTMLElement} */ (mark).hidden = !draft.lacks(Number(mark.getAttribute("data-lacks")));
  }

  function row(district) {
    const check = element("input", { type: "checkbox", "data-draft": district, "aria-label": text("board.in", { name: names[district] }) });
    check.checked = draft.has(district);
    const reason = element("input", { "data-reason": district, maxlength: 1000, "aria-label": text("board.reason_for", { name: names[district] }) });
    // The programme computes nothing and refuses what looks as if it did.
    reason.pattern = "\\s*[^=\\s].*";
    reason.title = text("board.no_formula");
    reason.value = draft.reason(district);
    return element("tr", {}, [
      element("td", {}, [check]), element("th", { scope: "row", text: names[district] }),
      element("td", { text: text(`board.proposal.${proposed(district) || "open"}`) }),
      element("td", {}, [reason, element("span", { class: "warn", "data-lacks": district, text: text("board.lacks") })]),
    ]);
  }

  function paint() {
    const columns = ["board.draft", "board.district", "board.proposal", "board.reason"];
    const rows = draft.rows();
    table.replaceChildren(element("thead", {}, [element("tr", {}, columns.map((key) => element("th", { scope: "col", text: text(key) })))]),
      element("tbody", {}, rows.map(row)));
    add.replaceChildren(element("option", { value: "", text: text("board.add") }),
      ...all.filter((district) => !rows.includes(district)).map((district) => element("option", { value: district, text: names[district] })));
    sum();
  }

  const allowed = () => [head.day, ...table.querySelectorAll("input[data-reason]")].every((input) =>
    (/** @type {HTMLInputElement} */ (input)).reportValidity());
  const sheet = () => { head.store(); return draft.sheet(); };
  const takeAll = (some) => { some.forEach((district) => draft.turn(district, true)); paint(); };

  function load(written) {
    const found = decisions.read(written);
    if (!found) { told.textContent = text("board.not_ours"); return; }
    const { known, unknown } = draft.load(found);
    told.textContent = text("board.loaded", { count: number(known), unknown: number(unknown) });
    head.show();
    paint();
  }

  board.append(
    element("h2", { id: "board-title", text: text("board.title") }), element("p", { class: "plain", text: text("board.explain") }), summary,
    element("div", { class: "controls" }, [
      when ? button("board-proposed", "board.all", () => takeAll(all.filter(draft.isProposed))) : null, field("board.one", add)]),
    element("div", { class: "scroll", tabindex: 0, role: "region", "aria-labelledby": "board-title" }, [table]),
    criteria.create(model, takeAll), shared,
    element("div", { class: "controls" }, [field("board.day", head.day), field("board.body", head.body), field("board.paper", head.paper),
      button("board-save", "board.save", () => allowed() && save("auswahlentscheidungen.csv", "text/csv", sheet())),
      field("board.load", file), button("board-clear", "board.clear", () => { draft.clear(); head.show(); told.textContent = text("board.cleared"); paint(); }),
      button("board-close", "board.close", () => board.close())]),
    told);
  add.addEventListener("change", () => { if (add.value) { draft.turn(Number(add.value), true); paint(); add.focus(); } });
  file.addEventListener("change", async () => { if (file.files[0]) load(await file.files[0].text()); file.value = ""; });
  table.addEventListener("change", ({ target }) => { if (target.dataset.draft) { draft.turn(Number(target.dataset.draft)); sum(); } });
  table.addEventListener("input", ({ target }) => {
    if (target.dataset.reason) { draft.explain(Number(target.dataset.reason), target.value); sum(); }
  });
  // Escape closes the board only, not the profile under it.
  board.addEventListener("keydown", (event) => event.key === "Escape" && event.stopPropagation());
  byId("open-board").addEventListener("click", () => { paint(); board.showModal(); });
  return { has: draft.has, turn: draft.turn, sheet, load };
}

export { create };
