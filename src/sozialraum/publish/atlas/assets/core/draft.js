// The draft of a programme area: which districts, why, and what was decided before. It outlives a reload where the
// browser allows it; nothing of it leaves the page.
import * as decisions from "./decisions.js";

const nameOf = ({ data }) => `sozialraum-auswahl:${data.city}:${data.districts.keys.length}`;

function remembered(name) {
  try {
    return JSON.parse(window.localStorage.getItem(name) || "null");
  } catch {
    return null;
  }
}

function remember(name, found) {
  try {
    if (found) window.localStorage.setItem(name, JSON.stringify(found));
    else window.localStorage.removeItem(name);
  } catch {
    // A browser may forbid it; then the draft lasts as long as the page.
  }
}

const textOf = (value) => (typeof value === "string" ? value : "");

function create(model, proposed) {
  const name = nameOf(model);
  const { keys } = model.data.districts;
  const members = new Set();
  const reasons = new Map();
  /** @type {Record<string, string>[]} */
  let loaded = [];
  let head = { date: "", body: "", paper: "" };

  function keep() {
    const empty = !members.size && !reasons.size && !loaded.length;
    remember(name, empty ? null : { members: Array.from(members, (one) => keys[one]), loaded, head,
      reasons: Array.from(reasons, ([one, told]) => [keys[one], told]) });
  }

  function again() {
    const found = remembered(name);
    if (!found || !Array.isArray(found.members)) return;
    for (const key of found.members) if (model.place(key) >= 0) members.add(model.place(key));
    for (const [key, told] of found.reasons || []) if (model.place(key) >= 0) reasons.set(model.place(key), textOf(told));
    loaded = Array.isArray(found.loaded) ? found.loaded : [];
    const { date, body, paper } = found.head || {};
    head = { date: textOf(date), body: textOf(body), paper: textOf(paper) };
  }

  const all = Array.from(keys.keys());
  const isProposed = (one) => proposed(one) === "aufnehmen";
  const rows = () => all.filter((one) => members.has(one) || isProposed(one) || reasons.get(one));
  again();

  return {
    members, rows, isProposed, head: () => head,
    has: (one) => members.has(one),
    reason: (one) => reasons.get(one) || "",
    lacks: (one) => Boolean(proposed(one)) && isProposed(one) !== members.has(one) && !(reasons.get(one) || "").trim(),
    turn(one, wanted = !members.has(one)) {
      if (wanted) members.add(one);
      else members.delete(one);
      keep();
    },
    explain(one, told) {
      if (told) reasons.set(one, told);
      else reasons.delete(one);
      keep();
    },
    settle(wanted) { head = { ...head, ...wanted }; keep(); },
    clear() {
      members.clear();
      reasons.clear();
      loaded = [];
      head = { ...head, paper: "" };
      keep();
    },
    sheet: () => decisions.write(decisions.merge(loaded, rows().map((one) => ({ key: keys[one], proposal: proposed(one),
      draft: members.has(one), reason: reasons.get(one) || "" })), head)),
    // Takes over what a sheet says last of each district; whatever else stands in it is kept for the next saving.
    load(found) {
      members.clear();
      reasons.clear();
      loaded = found;
      const last = decisions.latest(found);
      for (const [key, row] of last) {
        const one = model.place(key);
        if (one < 0) continue;
        if (decisions.includes(row)) members.add(one);
        if (row["Begründung"]) reasons.set(one, row["Begründung"]);
      }
      const newest = Array.from(last.values()).sort((a, b) => decisions.day(a.Datum).localeCompare(decisions.day(b.Datum))).pop();
      if (newest) head = { date: decisions.day(newest.Datum), body: newest.Gremium, paper: newest.Vorlage };
      keep();
      return { known: Array.from(last.keys()).filter((key) => model.place(key) >= 0).length,
        unknown: Array.from(last.keys()).filter((key) => model.place(key) < 0).length };
    },
  };
}

export { create };
