// The council's draft as a sheet of the programme, and back.
import { table } from "../parts/tools.js";

const heads = ["Kennung", "Gebiet", "Jahr", "Vorschlag", "Entscheidung", "Begründung", "Datum", "Gremium", "Vorlage",
  "Gültig ab", "Gültig bis"];
const including = ["aufnehmen", "beibehalten"];

const tidy = (told) => (told || "").replace(/\s+/g, " ").trim();

// Every row stays text: a key such as 0201 or a reason such as 1.5 is none of the page's numbers.
const write = (rows) => table([heads, ...rows.map((row) => heads.map((head) => row[head] || ""))], "de");

// Semicolons, quotes doubled inside quotes, line ends of any system.
function cells(written) {
  /** @type {string[][]} */
  const rows = [[]];
  const part = /("(?:[^"]|"")*"|[^;\r\n]*)(;|\r\n|\n|\r|$)/gy;
  const plain = written.replace(/^\ufeff/, "");
  while (part.lastIndex < plain.length) {
    const found = part.exec(plain);
    if (!found) return [];
    const [, told, end] = found;
    rows[rows.length - 1].push(told.startsWith('"') ? told.slice(1, -1).replace(/""/g, '"') : told);
    if (end !== ";" && end !== "") rows.push([]);
  }
  return rows.filter((row) => row.length > 1);
}

// What a sheet says, a record per row; null where it is none of ours.
function read(written) {
  const [first, ...rows] = cells(written);
  if (!first || ["Gebiet", "Entscheidung"].some((head) => !first.includes(head))) return null;
  const cell = (row, head) => (row[first.indexOf(head)] || "").replace(/^'(?=[=+\-@\t\r])/, "");
  return rows.map((row) => Object.fromEntries(heads.map((head) => [head, cell(row, head)])));
}

const includes = (row) => including.includes(row.Entscheidung);
// 14.03.2019 and 2019-03-14 are one day.
const day = (written) => (written || "").replace(/^(\d{1,2})\.(\d{1,2})\.(\d{4})$/,
  (_whole, of, month, year) => `${year}-${month.padStart(2, "0")}-${of.padStart(2, "0")}`);
const ageOf = (row) => day(row.Datum) || row.Jahr || "";

// The last word on each district.
function latest(rows) {
  const found = new Map();
  for (const row of rows) {
    const before = found.get(row.Gebiet);
    if (!before || ageOf(row) >= ageOf(before)) found.set(row.Gebiet, row);
  }
  return found;
}

/**
 * The whole sheet again: what was decided before stays as it was, word for word; only what differs is written anew.
 * @param {Record<string, string>[]} loaded rows of the file that was loaded, if any
 * @param {{ key: string, proposal: string, draft: boolean, reason: string }[]} rows the draft
 * @param {{ date: string, body: string, paper: string }} when what holds for all that is decided now
 */
function merge(loaded, rows, { date, body, paper }) {
  const year = date.slice(0, 4);
  const last = latest(loaded);
  const taken = new Set(loaded.map((row) => row.Kennung));
  const replaced = new Map();
  /** @type {Record<string, string>[]} */
  const added = [];
  for (const { key, proposal, draft, reason } of rows) {
    const before = last.get(key);
    if (before && includes(before) === draft && tidy(before["Begründung"]) === tidy(reason)) continue;
    const same = before && before.Jahr === year ? before : null;
    let id = same ? same.Kennung : `E-${year}-${key}`;
    while (!same && taken.has(id)) id += "-neu";
    taken.add(id);
    const decision = same && includes(same) === draft ? same.Entscheidung : draft ? "aufnehmen" : "ablehnen";
    const row = { Kennung: id, Gebiet: key, Jahr: year, Vorschlag: proposal, Entscheidung: decision, "Begründung": tidy(reason), Datum: date,
      Gremium: body, Vorlage: paper, "Gültig ab": same ? same["Gültig ab"] : "", "Gültig bis": same ? same["Gültig bis"] : "" };
    if (same) replaced.set(same, row);
    else added.push(row);
  }
  return [...loaded.map((row) => replaced.get(row) || row), ...added];
}

export { day, includes, latest, merge, read, write };
