// All districts in a list: the way to each of them by keyboard, and for finding one by name.
import * as fills from "../core/fills.js";
import { byId, compare, element, number, plain, text } from "../core/words.js";


function order(model, scene, by) {
  const { names } = model.data.districts;
  const value = scene.amount;
  const byName = (a, b) => compare(names[a], names[b]) || a - b;
  const byValue = (a, b) => (value(b) ?? -Infinity) - (value(a) ?? -Infinity) || byName(a, b);
  const safely = (a, b) => (value(a) === value(b) ? byName(a, b) : byValue(a, b));
  return Array.from(names.keys()).sort(by === "name" ? byName : safely);
}

function row(model, scene, district) {
  const told = scene.told(district);
  const button = element("button", { type: "button", tabindex: -1, "data-district": district }, [
    fills.swatch(scene.of[district]),
    element("span", { class: "name", text: model.data.districts.names[district] }),
    element("span", { class: scene.isEmpty(district) ? "value none" : "value", text: told }),
  ]);
  const said = [model.data.districts.names[district], told, scene.of[district].label, scene.isEmpty(district) && scene.of[district].detail];
  button.setAttribute("aria-label", said.filter(Boolean).join(", "));
  return element("li", {}, [button]);
}

function create(model, act) {
  const { names, keys } = model.data.districts;
  const search = byId("districts-search");
  const sort = byId("districts-sort");
  const rows = byId("districts-rows");
  const searchable = names.map((name, district) => plain(name) + "\n" + plain(keys[district]));
  let scene = null;

  const buttons = () => Array.from(rows.querySelectorAll("li:not([hidden]) button"));

  // Only one row is a stop of the Tab key; arrow keys move on from there.
  function stop(button) {
    rows.querySelectorAll('button[tabindex="0"]').forEach((other) => other.setAttribute("tabindex", "-1"));
    if (button) button.setAttribute("tabindex", "0");
  }

  function filter() {
    const wanted = plain(search.value);
    for (const item of rows.children) {
      item.hidden = !searchable[+item.firstChild.dataset.district].includes(wanted);
    }
    const left = buttons();
    stop(left[0]);
    byId("districts-shown").textContent =
      text("list.shown", { shown: number(left.length), count: number(model.size) });
  }

  function fillRows() {
    rows.replaceChildren(...order(model, scene, sort.value).map((district) => row(model, scene, district)));
    filter();
  }

  function move(event) {
    const all = buttons();
    const place = all.indexOf(document.activeElement);
    const target = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: all.length - 1 }[event.key];
    if (target === undefined || place < 0) return;
    event.preventDefault();
    if (target < 0) search.focus();
    else if (all[target]) { stop(all[target]); all[target].focus(); }
  }

  function searchKeys(event) {
    const [first] = buttons();
    if (!first || !["Enter", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    if (event.key === "ArrowDown") first.focus();
    else if (search.value) first.click();
  }

  const district = (event) => {
    const button = event.target.closest("button");
    return button ? +button.dataset.district : -1;
  };
  search.addEventListener("input", filter);
  search.addEventListener("keydown", searchKeys);
  sort.addEventListener("change", fillRows);
  rows.addEventListener("keydown", move);
  rows.addEventListener("click", (event) => district(event) >= 0 && act.choose({ district: district(event) }));
  rows.addEventListener("focusin", (event) => act.point(district(event)));
  rows.addEventListener("focusout", () => act.point(-1));
  rows.addEventListener("mouseover", (event) => act.point(district(event)));
  rows.addEventListener("mouseleave", () => act.point(-1));

  return {
    show(next) {
      scene = next;
      byId("districts-measure").textContent = scene.measure || "";
      byId("districts-measure").hidden = !scene.measure;
      fillRows();
    },
    focus(chosen) {
      const button = rows.querySelector(`button[data-district="${chosen}"]`);
      if (button && !button.parentNode.hidden) { stop(button); button.focus(); }
      else search.focus();
    },
  };
}

export { create };
