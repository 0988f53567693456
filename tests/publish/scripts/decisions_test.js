// The council's sheet, taken apart and put together again.
import { latest, merge, read, write } from "../../../src/sozialraum/publish/atlas/assets/core/decisions.js";

function same(found, expected) {
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${a} is not ${b}`);
}

const row = (changes) => ({ Kennung: "D1", Gebiet: "0201", Jahr: "2019", Vorschlag: "aufnehmen", Entscheidung: "aufnehmen",
  "Begründung": "", Datum: "14.03.2019", Gremium: "Rat", Vorlage: "1", "Gültig ab": "01.04.2019", "Gültig bis": "", ...changes });
const now = { date: "2026-03-02", body: "Ausschuss", paper: "7" };

Deno.test("what is written is read again", () => {
  const rows = [row({ "Begründung": '=1; "Bahn"' }), row({ Kennung: "D2", Gebiet: "0001" })];
  same(read(write(rows)), rows);
});

Deno.test("the last word on a district is the newest, however its date is written", () => {
  const rows = [row({ Kennung: "new", Datum: "2021-01-05" }), row({ Kennung: "old", Datum: "31.12.2020" })];
  same(latest(rows).get("0201").Kennung, "new");
});

Deno.test("an unchanged decision stays word for word, also one that is kept or deferred", () => {
  const loaded = [row({ Entscheidung: "beibehalten" }), row({ Kennung: "D2", Gebiet: "0202", Entscheidung: "zurückstellen" })];
  same(merge(loaded, [{ key: "0201", proposal: "", draft: true, reason: "" }, { key: "0202", proposal: "aufnehmen", draft: false, reason: "" }], now), loaded);
});

Deno.test("a changed decision of the same year replaces its row, of another year it stands below", () => {
  const changed = { key: "0201", proposal: "ablehnen", draft: false, reason: "läuft aus" };
  const [only, ...none] = merge([row({ Jahr: "2026" })], [changed], now);
  same([only.Kennung, only.Entscheidung, only["Gültig ab"], none.length], ["D1", "ablehnen", "01.04.2019", 0]);
  const found = merge([row({})], [changed], now);
  same(found.map((one) => [one.Kennung, one.Jahr, one.Entscheidung]), [["D1", "2019", "aufnehmen"], ["E-2026-0201", "2026", "ablehnen"]]);
});

Deno.test("a new row never takes an identifier that is taken", () => {
  const found = merge([row({ Kennung: "E-2026-0202" })], [{ key: "0202", proposal: "", draft: true, reason: "" }], now);
  same(found.map((one) => one.Kennung), ["E-2026-0202", "E-2026-0202-neu"]);
});
