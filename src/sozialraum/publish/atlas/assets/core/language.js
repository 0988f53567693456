// The page's two languages: the data carries both, one of them is told.
import { one } from "./words.js";

// Whatever is told in both languages is {de, en}; the rest of the data is left alone.
const isBoth = (value) => value !== null && typeof value === "object" && "de" in value && "en" in value;

function chosen(value, language) {
  if (isBoth(value)) return value[language];
  if (Array.isArray(value)) return value.map((part) => chosen(part, language));
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, chosen(part, language)]));
  }
  return value;
}

const told = ["label", "description", "unit", "theme", "source"];

function settle(data, wanted) {
  data.first = data.language;
  if (wanted === "de" || wanted === "en") data.language = wanted;
  const { language } = data;
  data.texts = data.texts[language];
  for (const indicator of data.indicators) {
    for (const name of told) indicator[name] = chosen(indicator[name], language);
    for (const slice of indicator.slices) {
      if (slice.claimTold) slice.claimTold = chosen(slice.claimTold, language);
      if (slice.period) slice.period = chosen(slice.period, language);
    }
  }
  data.programme = chosen(data.programme, language);
  const { assessment } = data;
  if (assessment) {
    for (const name of ["reasons", "groups", "method"]) assessment[name] = chosen(assessment[name], language);
  }
}

/** @typedef {AtlasData & { first: "de" | "en" }} Settled the data once a language is chosen */

// The words that the page was written with, in the language that was chosen.
function tell(data) {
  if (data.language === data.first) return;
  document.documentElement.lang = data.language;
  document.title = data.texts.title.replace("{city}", data.city);
  for (const part of document.querySelectorAll("[data-t]")) {
    part.textContent = data.texts[part.getAttribute("data-t") || ""];
  }
  const labels = { "choose-view": null, "districts-search": "list.search", "date-earlier": "control.earlier",
    "date-later": "control.later", theme: "tool.theme", side: "list.title" };
  for (const [id, key] of Object.entries(labels)) {
    if (key) one(`#${id}`).setAttribute("aria-label", data.texts[key]);
  }
  one(".controls").setAttribute("aria-label", data.texts["control.title"]);
  one(".reading").setAttribute("aria-label", data.texts["read.title"]);
  one("#districts-search").setAttribute("placeholder", data.texts["list.placeholder"]);
  one("#menu summary").setAttribute("aria-label", data.texts["tool.menu"]);
}

export { settle, tell };
