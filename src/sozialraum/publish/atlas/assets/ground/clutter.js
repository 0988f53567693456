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

// Ways to the side, nearest first, in sizes of the label: numbers that are crowded out stay near their places.
const ways = [[0, 0], ...[0.5, 1, 1.5, 2, 2.5].flatMap((far) => [[0, 1], [0, -1], [1, 0], [-1, 0], [1, 1], [-1, 1], [1, -1], [-1, -1]]
  .map(([across, down]) => [far * across, far * down]))];

const moved = (box, right, down) => ({ left: box.left + right, right: box.right + right, top: box.top + down, bottom: box.bottom + down });

// How far each of the labels has to move, [to the right, down], so that none lies on an earlier one; 0 where there is no room.
function spread(boxes) {
  const taken = [];
  return boxes.map((box) => {
    const [width, height] = [box.right - box.left + 1, box.bottom - box.top + 1];
    const steps = ways.map(([across, down]) => [across * width, down * height]);
    const [right, down] = steps.find((step) => taken.every((other) => apart(moved(box, ...step), other))) || [0, 0];
    taken.push(moved(box, right, down));
    return [right, down];
  });
}

function spreadNumbers(container) {
  const numbers = Array.from(container.querySelectorAll(layers[0]));
  for (const span of numbers) span.style.translate = "";
  spread(numbers.map((span) => span.getBoundingClientRect()))
    .forEach(([right, down], at) => { numbers[at].style.translate = right || down ? `${right}px ${down}px` : ""; });
}

const wordsOf = (span) => (span.querySelector("strong") || span).textContent;

function tidy(container) {
  spreadNumbers(container);
  // Where many districts have names, those of larger areas are not shown.
  const named = container.classList.contains("named");
  const labels = layers.flatMap((selector, layer) => (named && layer === 1 ? [] : Array.from(container.querySelectorAll(selector),
    (span) => ({ span, layer, words: wordsOf(span), box: span.getBoundingClientRect() }))));
  const shown = free(labels);
  labels.forEach(({ span }, at) => { span.style.visibility = shown[at] ? "visible" : "hidden"; });
}

export { free, spread, tidy };
