// The council's draft as a sheet of the programme, and back.
import { table } from "../parts/tools.js";

const heads = ["Kennung", "Gebiet", "Jahr", "Vorschlag", "Entscheidung", "Begründung", "Datum", "Gremium", "Vorlage",
  "Gültig ab", "Gültig bis"];

// Every row stays text: a key such as 0201 or a reason such as 1.5 is none of the page's numbers.
function write(rows, { date, body, paper }) {
  return table([heads, ...rows.map(({ key, proposal, decision, reason }) =>
    [`E-${date.slice(0, 4)}-${key}`, key, date.slice(0, 4), proposal, decision, reason.replace(/\s+/g, " ").trim(), date, body,
      paper, "", ""])], "de");
}

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

// What a sheet says; null where it is none of ours.
function read(written) {
  const [first, ...rows] = cells(written);
  if (!first || ["Gebiet", "Entscheidung"].some((head) => !first.includes(head))) return null;
  const cell = (row, head) => (row[first.indexOf(head)] || "").replace(/^'(?=[=+\-@\t\r])/, "");
  return rows.map((row) => ({ key: cell(row, "Gebiet"), decision: cell(row, "Entscheidung"), reason: cell(row, "Begründung"),
    date: cell(row, "Datum"), body: cell(row, "Gremium"), paper: cell(row, "Vorlage") }));
}

export { write, read };
