// The pieces that the district panel is made of.
import * as fills from "../core/fills.js";
import { element } from "../core/words.js";

const fact = (term, told) => [element("dt", { text: term }), element("dd", { text: told })];
const facts = (found) => (found.length ? element("dl", { class: "facts" }, found.flat()) : null);
const block = (parts) => element("section", { class: "block" }, parts);

// A class with its colour before it.
const titled = (entry, told, size = "") =>
  element("p", { class: `cluster ${size}`.trim() }, [fills.swatch(entry), element("strong", { text: told })]);

export { fact, facts, block, titled };
