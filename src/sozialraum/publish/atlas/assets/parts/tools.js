// What can be taken along: link, picture, drawing, table, print; and the page's language and light.
import * as picture from "../core/picture.js";
import { byId, date, text } from "../core/words.js";

function save(name, type, content) {
  const link = document.createElement("a");
  const address = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  link.href = address;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

// A cell of a table: quoted where it must be, and never a formula.
function cell(value) {
  const told = value === null || value === undefined ? "" : String(value);
  const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(told) ? `'${told}` : told;
  return /[";\n\r]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}

function table(rows, language) {
  const written = rows.map((row) => row.map((value) =>
    cell(typeof value === "number" && language === "de" ? String(value).replace(".", ",") : value)).join(";"));
  return `\ufeff${written.join("\r\n")}\r\n`;
}

function shownRows(model, scene, districts) {
  const heads = ["csv.key", "csv.name", "csv.value", "csv.lower", "csv.upper", "csv.class", "csv.date"].map((key) => text(key));
  return [heads, ...districts.map((district) => {
    const [lower, upper] = scene.interval ? scene.interval(district) : [null, null];
    return [model.data.districts.keys[district], model.data.districts.names[district], scene.amount(district), lower, upper,
      scene.of[district].label, scene.date];
  })];
}

const fileName = (model, scene) =>
  [model.data.city, scene.indicator ? scene.indicator.id : scene.view, scene.date].join("_").replace(/[^\p{L}\p{N}]+/gu, "_");

function create(model, act) {
  let scene = null;
  const listen = (id, job) => byId(id).addEventListener("click", () => { byId("menu").open = false; job(); });
  const stem = () => fileName(model, scene);
  byId("language").textContent = model.data.language === "de" ? "EN" : "DE";
  byId("language").setAttribute("aria-label", text("tool.language"));
  byId("language").addEventListener("click", () => {
    const wanted = new URLSearchParams(window.location.hash.slice(1));
    wanted.set("lang", model.data.language === "de" ? "en" : "de");
    window.history.replaceState(null, "", `#${wanted}`);
    window.location.reload();
  });
  byId("theme").addEventListener("click", () => {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : window.matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });
  listen("copy-link", () => copy(window.location.href));
  listen("save-svg", () => save(`${stem()}.svg`, "image/svg+xml", picture.svg(model, scene, act.layers())));
  listen("save-png", async () => save(`${stem()}.png`, "image/png", await picture.png(model, scene, act.layers())));
  listen("save-csv", () => save(`${stem()}.csv`, "text/csv", table(shownRows(model, scene, act.shown()), model.data.language)));
  listen("print", () => window.print());
  document.addEventListener("click", (event) => {
    if (!(/** @type {Element} */ (event.target)).closest("#menu")) byId("menu").open = false;
  });
  return {
    show(next) {
      scene = next;
      const source = scene.indicator ? scene.indicator.source : "";
      byId("print-foot").textContent = [source && `${text("origin.source")}: ${source}`,
        `${text("control.date")}: ${date(scene.date, scene.indicator)}`, text("print.method"), text("print.not_for")].filter(Boolean).join(" · ");
    },
  };
}

// A page opened from a folder may not use the clipboard directly everywhere.
function copy(told) {
  const area = document.createElement("textarea");
  area.value = told;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
  byId("map-told").textContent = text("tool.copied");
}

export { create, save, cell, table };
