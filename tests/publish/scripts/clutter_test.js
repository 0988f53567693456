import { free, spread } from "../../../src/sozialraum/publish/atlas/assets/ground/clutter.js";

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

Deno.test("numbers that lie on each other part, the first stays, and those with room do not move", () => {
  const boxes = [[0, 0], [2, 1], [1, 2], [60, 0]].map(([left, top]) => ({ left, right: left + 10, top, bottom: top + 5 }));
  const steps = spread(boxes);
  const placed = boxes.map((box, at) => ({ left: box.left + steps[at][0], top: box.top + steps[at][1] }));
  const touching = placed.flatMap((a, i) => placed.slice(i + 1).filter((b) => Math.abs(a.left - b.left) <= 10 && Math.abs(a.top - b.top) <= 5));
  if (touching.length) throw new Error(`${touching.length} lie on others: ${JSON.stringify(placed)}`);
  if (`${steps[0]} ${steps[3]}` !== "0,0 0,0") throw new Error(`moved without need: ${JSON.stringify(steps)}`);
  if (steps.some(([right, down]) => Math.abs(right) > 30 || Math.abs(down) > 30)) throw new Error("moved too far");
});

Deno.test("where there is no room at all a number stays where it is", () => {
  const crowd = Array.from({ length: 100 }, () => ({ left: 0, right: 10, top: 0, bottom: 5 }));
  const steps = spread(crowd);
  if (`${steps[99]}` !== "0,0") throw new Error(`${steps[99]}`);
});
