import { fitting } from "../../../src/sozialraum/publish/atlas/assets/ground/names.js";

const district = (lat, lng, wide, high) => ({ middle: { lat, lng }, wide, high });
const view = { contains: ({ lng }) => lng < 9 };

Deno.test("a name is shown where its district is wide and high enough, and on screen", () => {
  const names = ["Mitte", "Mitte", "Mitte", "Ein sehr langer Name", "Mitte"];
  const found = [district(0, 8, 0.05, 0.05), district(0, 8, 0.01, 0.05), district(0, 8, 0.05, 0.001), district(0, 8, 0.05, 0.05), null];
  const shown = fitting({ names, found, view, degree: 1000 });
  if (shown.join() !== "0") throw new Error(shown.join());
});

Deno.test("the widest come first, what lies off the screen not at all", () => {
  const names = ["A", "B", "C"];
  const found = [district(0, 8, 0.05, 0.05), district(0, 8, 0.5, 0.05), district(0, 10, 0.5, 0.05)];
  const shown = fitting({ names, found, view, degree: 1000 });
  if (shown.join() !== "1,0") throw new Error(shown.join());
});
