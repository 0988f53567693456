import { limitsOf, thirdOf } from "../../../src/sozialraum/publish/atlas/assets/views/pair.js";

function expect(values, thirds) {
  const limits = limitsOf(values);
  const found = values.map((value) => (value === null ? "-" : thirdOf(value, limits))).join("");
  if (found !== thirds) throw new Error(`${found} instead of ${thirds}`);
}

Deno.test("three parts of equally many", () => {
  expect([1, 2, 3, 4, 5, 6], "001122");
  expect([6, 1, null, 4, 2, 5, 3], "20-1021");
});

Deno.test("what has one value stays together", () => {
  expect([1, 1, 1, 1, 2, 3], "000022");
  expect([5, 5, 5], "000");
});

Deno.test("nothing known, nothing divided", () => {
  expect([null, null], "--");
});
