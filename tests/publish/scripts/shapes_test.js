// The pure parts of the page, without a browser.
import { borders, shared, unpack } from "../../../src/sozialraum/publish/atlas/assets/core/shapes.js";

function same(found, wanted) {
  const [a, b] = [JSON.stringify(found), JSON.stringify(wanted)];
  if (a !== b) throw new Error(`${a} is not ${b}`);
}

// One polygon, one ring, three points: (0,0), (1,0), (0,-1); see `pack_shapes` for the alphabet.
Deno.test("a packed triangle", () => same(unpack("CCGAACABB"), [[[[0, 0], [1, 0], [0, -1]]]]));

Deno.test("nothing is no polygon", () => same(unpack(""), []));

const square = (x) => [[x, 0], [x + 1, 0], [x + 1, 1], [x, 1]];
const squares = [0, 1].map((x) => [[square(x)]]);

Deno.test("two squares share one side", () => {
  const found = shared(squares);
  same([...found.keys()], ["0,1"]);
  same(found.get("0,1").length, 1);
  same(borders(squares, [0, 0]).length, 0);
  same(borders(squares, [0, 1]).length, 1);
});
