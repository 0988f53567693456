import { free } from "../../../src/sozialraum/publish/atlas/assets/ground/clutter.js";

const label = (layer, words, left, top = 0) => ({ layer, words, box: { left, right: left + 10, top, bottom: top + 5 } });

function expect(labels, shown) {
  const found = free(labels).map(Number).join("");
  if (found !== shown) throw new Error(`${found} instead of ${shown}`);
}

Deno.test("a name that would lie on an earlier one waits", () => {
  expect([label(1, "Nord", 0), label(3, "Hafen", 5), label(3, "Insel", 20), label(3, "Markt", 25, 9)], "1011");
});

Deno.test("numbers and programme areas are always shown, and names make way for them", () => {
  expect([label(0, "1", 0), label(0, "2", 5), label(1, "Nord", 8)], "110");
});

Deno.test("a district that is called like its larger area is named once; two districts of one name both", () => {
  expect([label(1, "Hangwald", 0), label(3, "Hangwald", 40), label(3, "Neuhof", 60), label(3, "Neuhof", 80)], "1011");
});
