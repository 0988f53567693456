// The council's working sheet: a draft programme area beside what the rule proposes.
import * as decisions from "../core/decisions.js";
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

function create(model) {
  const { keys, names } = model.data.districts;
  const { when, proposed } = proposals(model);
  const draft = new Set();
  const reasons = new Map();
  const board = byId("board");
  const all = Array.from(keys.keys());
  const isProposed = (district) => proposed(district) === "aufnehmen";
  const rows = () => all.filter((district) => draft.has(district) || isProposed(district));
  const lacks = (district) => Boolean(proposed(district)) && isProposed(district) !== draft.has(district)
    && !(reasons.get(district) || "").trim();
  const body = element("select", { id: "board-body" }, bodies.map((name) => element("option", { value: name, text: name })));
  const paper = element("input", { id: "board-paper", maxlength: 200 });
  const day = element("input", { id: "board-day", type: "date", required: "" });
  const add = element("select", { id: "board-add" });
  const file = element("input", { id: "board-file", type: "file", accept: ".csv,text/csv" });
  const told = element("p", { id: "board-told", role: "status" });
  const summary = element("div", { id: "board-summary" });
  const table = element("table", { class: "others", id: "board-rows" });
  const today = new Date();
  const two = (part) => String(part).padStart(2, "0");
  day.value = `${today.getFullYear()}-${two(today.getMonth() + 1)}-${two(today.getDate())}`;

  function sum() {
    const chosen = all.filter((district) => draft.has(district));
    const lacking = rows().filter(lacks).length;
    summary.replaceChildren(...[
      element("p", { class: "big", text: text("board.count", { count: number(chosen.length) }) }),
      when && element("p", { text: text("board.attention", { count: number(chosen.filter(isProposed).length), date: date(when) }) }),
      element("p", { class: "plain", text: chosen.map((district) => names[district]).join(", ") }),
      lacking ? element("p", { class: "warn", text: text("board.lacking", { count: number(lacking) }) }) : null,
    ].filter(Boolean));
    for (const mark of table.querySelectorAll("[data-lacks]")) /** @type {HTMLElement} */ (mark).hidden = !lacks(+mark.getAttribute("data-lacks"));
  }

  function row(district) {
    const check = element("input", { type: "checkbox", "data-draft": district, "aria-label": text("board.in", { name: names[district] }) });
    check.checked = draft.has(district);
    const reason = element("input", { "data-reason": district, maxlength: 1000, "aria-label": text("board.reason_for", { name: names[district] }) });
    // The programme computes nothing and refuses what looks as if it did.
    reason.pattern = "\\s*[^=\\s].*";
    reason.title = text("board.no_formula");
    reason.value = reasons.get(district) || "";
    return element("tr", {}, [
      element("td", {}, [check]), element("th", { scope: "row", text: names[district] }),
      element("td", { text: text(`board.proposal.${proposed(district) || "open"}`) }),
      element("td", {}, [reason, element("span", { class: "warn", "data-lacks": district, text: text("board.lacks") })]),
    ]);
  }

  function paint() {
    const heads = ["board.draft", "board.district", "board.proposal", "board.reason"];
    table.replaceChildren(element("thead", {}, [element("tr", {}, heads.map((key) => element("th", { scope: "col", text: text(key) })))]),
      element("tbody", {}, rows().map(row)));
    add.replaceChildren(element("option", { value: "", text: text("board.add") }),
      ...all.filter((district) => !rows().includes(district)).map((district) => element("option", { value: district, text: names[district] })));
    sum();
  }

  function turn(district, wanted = !draft.has(district)) {
    if (wanted) draft.add(district);
    else draft.delete(district);
  }

  const allowed = () => [day, ...table.querySelectorAll("input[data-reason]")].every((input) =>
    (/** @type {HTMLInputElement} */ (input)).reportValidity());
  const sheet = () => decisions.write(rows().map((district) => ({ key: keys[district], proposal: proposed(district),
    decision: draft.has(district) ? "aufnehmen" : "ablehnen", reason: reasons.get(district) || "" })),
  { date: day.value, body: body.value, paper: paper.value.trim() });

  function load(written) {
    const found = decisions.read(written);
    const known = (found || []).filter(({ key }) => model.place(key) >= 0);
    told.textContent = text(found ? "board.loaded" : "board.not_ours", { count: number(known.length),
      unknown: number((found || []).length - known.length) });
    if (!found) return;
    draft.clear();
    reasons.clear();
    for (const one of known) {
      turn(model.place(one.key), one.decision === "aufnehmen");
      reasons.set(model.place(one.key), one.reason);
      if (bodies.includes(one.body)) body.value = one.body;
      if (/^\d{4}-\d{2}-\d{2}$/.test(one.date)) day.value = one.date;
      paper.value = one.paper;
    }
    paint();
  }

  const button = (id, key, job) => {
    const made = element("button", { type: "button", id, text: text(key) });
    made.addEventListener("click", job);
    return made;
  };
  const field = (key, control) => element("label", { class: "field" }, [element("span", { text: text(key) }), control]);
  board.append(
    element("h2", { id: "board-title", text: text("board.title") }), element("p", { class: "plain", text: text("board.explain") }), summary,
    element("div", { class: "controls" }, [
      when && button("board-proposed", "board.all", () => { all.filter(isProposed).forEach((district) => turn(district, true)); paint(); }),
      field("board.one", add)].filter(Boolean)),
    table,
    element("div", { class: "controls" }, [field("board.day", day), field("board.body", body), field("board.paper", paper),
      button("board-save", "board.save", () => allowed() && save("auswahlentscheidungen.csv", "text/csv", sheet())),
      field("board.load", file), button("board-close", "board.close", () => board.close())]),
    told);
  add.addEventListener("change", () => { if (add.value) { turn(+add.value, true); paint(); add.focus(); } });
  file.addEventListener("change", async () => { if (file.files[0]) load(await file.files[0].text()); file.value = ""; });
  table.addEventListener("change", ({ target }) => { if (target.dataset.draft) { turn(+target.dataset.draft); sum(); } });
  table.addEventListener("input", ({ target }) => {
    if (target.dataset.reason) { reasons.set(+target.dataset.reason, target.value); sum(); }
  });
  // Escape closes the board only, not the profile under it.
  board.addEventListener("keydown", (event) => event.key === "Escape" && event.stopPropagation());
  byId("open-board").addEventListener("click", () => { paint(); board.showModal(); });
  return { has: (district) => draft.has(district), turn, sheet, load };
}

export { create };
