// What the page's own modules make of a real page's data is what the contract says; both files come from Python.
import { settle } from "../../../src/sozialraum/publish/atlas/assets/core/language.js";
import * as models from "../../../src/sozialraum/publish/atlas/assets/core/model.js";

const [data, records] = Deno.args.map((path) => JSON.parse(Deno.readTextFileSync(path)));

const kinds = {
  any: () => true,
  text: (value) => typeof value === "string",
  flag: (value) => typeof value === "boolean",
  whole: Number.isInteger,
  number: (value) => typeof value === "number",
  digits: (value, size) => new RegExp(`^\\d{${size}}$`).test(value),
  column: (value, size) =>
    Array.isArray(value) && value.length === size && value.every((cell) => cell === null || typeof cell === "number"),
  words: (value) => Object.values(value).every((word) => typeof word === "string"),
};

// Where a value, as a module of the page reads it, is not what the contract says.
function faults(value, wanted, size, place) {
  if (typeof wanted === "string") return kinds[wanted](value, size) ? [] : [`${place} is no ${wanted}`];
  const [[kind, inner]] = Object.entries(wanted);
  if (kind === "maybe") return value === null ? [] : faults(value, inner, size, place);
  if (kind === "words") return inner.includes(value) ? [] : [`${place} is none of ${inner}`];
  if (kind === "list") return value.flatMap((part, at) => faults(part, inner, size, `${place}[${at}]`));
  if (kind === "map") return Object.keys(value).flatMap((at) => faults(value[at], inner, size, `${place}.${at}`));
  if (inner === "Both") return typeof value === "string" ? [] : [`${place} is still in two languages`];
  if (inner === "Texts") return faults(value, "words", size, place);
  return Object.entries(records[inner]).flatMap(([name, [always, field]]) => {
    if (value[name] === undefined) return always ? [`${place}.${name} is missing`] : [];
    return faults(value[name], field, size, `${place}.${name}`);
  });
}

Deno.test("the page reads what the contract says", () => {
  settle(data, "en");
  const model = models.create(data);
  const told = faults(model.data, { record: "AtlasData" }, model.size, "data");
  if (told.length) throw new Error(told.slice(0, 20).join("\n"));
});
