// Names on the map: none lies on another, and none is said twice by two layers. Numbers and programme areas come
// first, then larger areas, places of the project, districts.
const layers = [".map-badge span, .wall-name span, .programme-name > span", ".area-name span", ".place-name span", ".district-name span"];

const apart = (a, b) => a.right < b.left || a.left > b.right || a.bottom < b.top || a.top > b.bottom;

// Which of the labels have room. Each is { layer, box, words }; the first come first.
function free(labels) {
  const taken = [];
  const said = new Map();
  return labels.map(({ layer, box, words }) => {
    const room = layer === 0 || taken.every((other) => apart(box, other));
    const twice = said.has(words) && said.get(words) !== layer;
    if (!room || twice) return false;
    taken.push(box);
    if (!said.has(words)) said.set(words, layer);
    return true;
  });
}

const wordsOf = (span) => (span.querySelector("strong") || span).textContent;

function tidy(container) {
  // Where many districts have names, those of larger areas are not shown.
  const named = container.classList.contains("named");
  const labels = layers.flatMap((selector, layer) => (named && layer === 1 ? [] : Array.from(container.querySelectorAll(selector),
    (span) => ({ span, layer, words: wordsOf(span), box: span.getBoundingClientRect() }))));
  const shown = free(labels);
  labels.forEach(({ span }, at) => { span.style.visibility = shown[at] ? "visible" : "hidden"; });
}

export { free, tidy };
