// All districts in a table: found by name, sorted, with their intervals. Only the rows on screen exist.
import { byId, compare, drawing, element, nearly, number, plain, spelled, text } from "../core/words.js";
import * as fills from "../core/fills.js";

const high = 38;
const spare = 8;

// The place of each name in the order of the language; it never changes.
function nameRanks(names) {
  const ranks = new Int32Array(names.length);
  Array.from(names.keys()).sort((a, b) => compare(names[a], names[b]) || a - b)
    .forEach((district, rank) => { ranks[district] = rank; });
  return ranks;
}

function order(scene, by, ranks) {
  const all = Array.from(ranks.keys());
  if (by === "name") return all.sort((a, b) => ranks[a] - ranks[b]);
  const values = Float64Array.from(all, (district) => scene.amount(district) ?? -Infinity);
  return all.sort((a, b) => (values[a] === values[b] ? ranks[a] - ranks[b] : values[b] - values[a]));
}

// From the lowest to the highest number of what is shown, zero included where it is near.
function scaleOf(model, scene) {
  let low = 0;
  let top = 0;
  for (let district = 0; district < model.size; district += 1) {
    const value = scene.amount(district);
    if (value === null || value === undefined) continue;
    low = Math.min(low, value);
    top = Math.max(top, value);
  }
  return (value) => (top === low ? 0 : Math.max(0, Math.min(100, (100 * (value - low)) / (top - low))));
}

function bar(scene, place, district) {
  const value = scene.long ? null : scene.amount(district);
  if (value === null || value === undefined) return null;
  const zero = place(0);
  const end = place(value);
  const { colour, pattern } = scene.of[district];
  const parts = [drawing("rect", { class: "bar", x: Math.min(zero, end), y: 3, width: Math.abs(end - zero), height: 6,
    fill: colour || fills.address(pattern) })];
  const [lower, upper] = scene.interval ? scene.interval(district) : [null, null];
  if (typeof lower === "number" && typeof upper === "number") {
    parts.push(drawing("path", { class: "whisker", d: `M${place(lower)},6H${place(upper)}M${place(lower)},3v6M${place(upper)},3v6` }));
  }
  return drawing("svg", { class: "row-bar", viewBox: "0 0 100 12", preserveAspectRatio: "none", "aria-hidden": "true" }, parts);
}

function row(model, scene, place, district, top) {
  const told = (scene.brief || scene.told)(district);
  const entry = scene.of[district];
  const empty = scene.isEmpty(district);
  // What is said is what is seen, and the class after it.
  const said = [entry.label, empty && entry.detail].filter(Boolean).join(", ");
  const button = element("button", { type: "button", tabindex: -1, "data-district": district, title: said }, [
    fills.swatch(entry),
    element("span", { class: "name", text: model.data.districts.names[district] }),
    element("span", { class: empty ? "value none" : "value", text: told }),
    said === told ? null : element("span", { class: "visually-hidden", text: `, ${said}` }),
    bar(scene, place, district),
  ]);
  const item = element("li", { "aria-setsize": model.size }, [button]);
  item.style.top = `${top}px`;
  return item;
}

// Every spelling under which a district is found, made when the first letter is typed.
function searchTexts(model) {
  const { names, keys, parents } = model.data.districts;
  const both = (told) => Array.from(new Set([plain(told), spelled(told)])).join("\n");
  const areas = parents.map((level) => level.names.map(both));
  return names.map((name, district) => [both(name), plain(keys[district]),
    ...parents.map((level, at) => (level.codes[district] < 0 ? "" : areas[at][level.codes[district]]))].join("\n"));
}

function create(model, act) {
  const { names } = model.data.districts;
  const search = byId("districts-search");
  const sort = byId("districts-sort");
  const rows = byId("districts-rows");
  const box = byId("districts-box");
  const ranks = nameRanks(names);
  let searchable = null;
  let scene = null;
  let place = null;
  let ordered = [];
  let found = [];
  let stop = -1;
  // A public page opens without an order of rank.
  sort.value = model.data.internal ? "value" : "name";

  const buttonOf = (district) => rows.querySelector(`button[data-district="${district}"]`);

  function paint() {
    const first = Math.max(0, Math.floor(box.scrollTop / high) - spare);
    const last = Math.min(found.length, Math.ceil((box.scrollTop + (box.clientHeight || 600)) / high) + spare);
    const kept = document.activeElement && rows.contains(document.activeElement) ? stop : -1;
    rows.replaceChildren(...found.slice(first, last).map((district, at) =>
      row(model, scene, place, district, (first + at) * high)));
    const tabbed = buttonOf(stop) || rows.querySelector("button");
    if (tabbed) tabbed.setAttribute("tabindex", "0");
    if (kept >= 0 && buttonOf(kept)) buttonOf(kept).focus({ preventScroll: true });
  }

  function filter() {
    const wanted = plain(search.value);
    if (wanted) searchable = searchable || searchTexts(model);
    found = wanted ? ordered.filter((district) => searchable[district].includes(wanted)) : ordered;
    let guess = false;
    if (wanted && !found.length) {
      found = ordered.filter((district) => searchable[district].split("\n").some((name) => nearly(wanted, name)));
      guess = found.length > 0;
    }
    rows.style.height = `${found.length * high}px`;
    stop = found.length ? found[0] : -1;
    byId("districts-shown").textContent = !found.length ? text("list.nothing") : text(guess ? "list.similar" : "list.shown",
      { shown: number(found.length), count: number(model.size) });
    box.scrollTop = 0;
    paint();
  }

  function sorted() {
    ordered = order(scene, sort.value, ranks);
    filter();
  }

  function reach(at) {
    stop = found[at];
    if (at * high < box.scrollTop) box.scrollTop = at * high;
    else if ((at + 1) * high > box.scrollTop + box.clientHeight) box.scrollTop = (at + 1) * high - box.clientHeight;
    paint();
    const button = buttonOf(stop);
    if (button) button.focus({ preventScroll: true });
  }

  function move(event) {
    const at = found.indexOf(stop);
    const target = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: found.length - 1 }[event.key];
    if (target === undefined || at < 0) return;
    event.preventDefault();
    if (target < 0) search.focus();
    else if (target < found.length) reach(target);
  }

  function searchKeys(event) {
    if (!found.length || !["Enter", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    if (event.key === "ArrowDown") reach(0);
    else if (search.value) act.choose({ district: found[0] });
  }

  const district = (event) => {
    const button = event.target.closest("button");
    return button ? +button.dataset.district : -1;
  };
  search.addEventListener("input", filter);
  search.addEventListener("keydown", searchKeys);
  sort.addEventListener("change", sorted);
  box.addEventListener("scroll", paint, { passive: true });
  new ResizeObserver(() => scene && paint()).observe(box);
  rows.addEventListener("keydown", move);
  rows.addEventListener("click", (event) => district(event) >= 0 && act.choose({ district: district(event) }));
  rows.addEventListener("focusin", (event) => { stop = district(event); act.light([stop]); });
  rows.addEventListener("focusout", () => act.light([]));
  rows.addEventListener("mouseover", (event) => act.light(district(event) < 0 ? [] : [district(event)]));
  rows.addEventListener("mouseleave", () => act.light([]));

  return {
    show(next) {
      scene = next;
      place = scaleOf(model, scene);
      byId("districts-measure").textContent = scene.measure || "";
      byId("districts-measure").hidden = !scene.measure;
      rows.classList.toggle("long", Boolean(scene.long));
      sorted();
    },
    light(members) {
      rows.querySelectorAll("button.pointed").forEach((button) => button.classList.remove("pointed"));
      for (const button of members.length ? rows.querySelectorAll("button") : []) {
        if (members.includes(+button.dataset.district)) button.classList.add("pointed");
      }
    },
    shown: () => found,
    focus(chosen) {
      const at = found.indexOf(chosen);
      if (at >= 0) reach(at);
      else search.focus();
    },
  };
}

export { create };
