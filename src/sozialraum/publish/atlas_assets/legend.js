// What each colour and pattern means, and how many districts have it.
"use strict";
(() => {
  const Sozialraum = (window.Sozialraum = window.Sozialraum || {});
  const { text, number, amount, date, probability, element } = Sozialraum.words;
  const byId = (id) => document.getElementById(id);

  function row(entry) {
    const words = [element("span", { class: "entry", text: entry.label })];
    if (entry.detail) words.push(element("span", { class: "detail", text: entry.detail }));
    return element("tr", { "data-entry": entry.id, class: entry.count ? "" : "empty" }, [
      element("td", { class: "box" }, [Sozialraum.fills.swatch(entry)]),
      element("th", { scope: "row" }, words),
      element("td", { class: "number", text: number(entry.count) }),
    ]);
  }

  function colourSentence({ view, indicator }) {
    if (view === "clusters") {
      return text(indicator.polarity === "resource" ? "colour.clusters_resource" : "colour.clusters");
    }
    return text(`colour.${indicator.polarity}`);
  }

  function moranSentence(scene, alpha) {
    const moran = scene.slice.moran;
    if (!moran || typeof moran.statistic !== "number" || typeof moran.p !== "number") return null;
    const alike = moran.statistic > moran.expected;
    const key = moran.p > alpha ? "chance" : alike ? "alike" : "unlike";
    return text(`moran.${key}`, {
      statistic: number(moran.statistic, 2),
      p: probability(moran.p, alpha),
      districts: number(moran.districts),
    });
  }

  function citySentence(model, { slice, indicator }) {
    const city = slice.city || {};
    if (typeof city.value === "number") return `${Sozialraum.model.cityLabel(model, slice)}: ${amount(city.value, indicator)}`;
    if (typeof city.median === "number") return `${text("panel.median")}: ${amount(city.median, indicator)}`;
    return null;
  }

  function counted(key, count) {
    if (!count) return null;
    return text(count === 1 ? `${key}_one` : key, { count: number(count) });
  }

  function notes(model, scene) {
    const alpha = model.data.statistics.alpha || 0.05;
    const hidden = scene.of.filter((entry) => entry.id === "suppressed").length;
    const flags = Array.from({ length: model.size }, (_, district) => model.flag(scene.slice, district));
    const unreliable = flags.filter((flag) => flag === "unreliable").length;
    const clusters = scene.view === "clusters";
    return [
      [clusters ? null : citySentence(model, scene), "city-line"],
      [counted("legend.hidden", hidden), "warn"],
      [counted("legend.unreliable", unreliable), "warn"],
      [clusters && !scene.slice.clusters ? text("sure.no_clusters") : null, "warn"],
      [moranSentence(scene, alpha), "moran"],
      [!clusters && scene.indicator.slices.length > 1 ? text("legend.same_classes") : null, "small"],
    ].filter(([sentence]) => sentence);
  }

  function show(model, scene) {
    const { indicator } = scene;
    byId("legend-title").textContent = text(`legend.${scene.view}`);
    byId("legend-colour").textContent = colourSentence(scene);
    byId("legend-unit").textContent = scene.view === "clusters" ? "" : indicator.unit;
    document.querySelector("#legend-table tbody").replaceChildren(...scene.entries.map(row));
    byId("legend-total").textContent = number(model.size);
    byId("legend-notes").replaceChildren(
      ...notes(model, scene).map(([sentence, kind]) => element("p", { class: kind, text: sentence })),
    );
    byId("map-caption").textContent =
      `${indicator.label}, ${date(scene.date)} · ${text(`legend.${scene.view}`)}`;
  }

  Sozialraum.legend = { show };
})();
