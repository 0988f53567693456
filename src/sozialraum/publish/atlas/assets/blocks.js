// The pieces that the district panel is made of.
"use strict";
(() => {
  const Sozialraum = (window.Sozialraum = window.Sozialraum || {});
  const { element } = Sozialraum.words;

  const fact = (term, told) => [element("dt", { text: term }), element("dd", { text: told })];
  const facts = (found) => (found.length ? element("dl", { class: "facts" }, found.flat()) : null);
  const block = (parts) => element("section", { class: "block" }, parts);

  // A class with its colour before it.
  const titled = (entry, told, size = "") =>
    element("p", { class: `cluster ${size}`.trim() }, [Sozialraum.fills.swatch(entry), element("strong", { text: told })]);

  Sozialraum.blocks = { fact, facts, block, titled };
})();
