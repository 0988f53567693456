// Everything about one district.
"use strict";
(() => {
  const Sozialraum = (window.Sozialraum = window.Sozialraum || {});
  const { text, number, count, amount, range, date, probability, element } = Sozialraum.words;
  const byId = (id) => document.getElementById(id);

  const fact = (term, told) => [element("dt", { text: term }), element("dd", { text: told })];

  function head(model, district) {
    const { names, keys } = model.data.districts;
    const where = [...model.parents(district), text("panel.key", { key: keys[district] })].join(" · ");
    return [
      element("button", { type: "button", id: "panel-back", class: "back", text: `← ${text("panel.back")}` }),
      element("h2", { id: "panel-name", tabindex: -1, text: names[district] }),
      element("p", { class: "where", text: where }),
    ];
  }

  function countsTold(cell, indicator) {
    if (cell.numerator === null && cell.denominator === null) return null;
    const key = indicator.kind === "share" ? "panel.of" : "panel.per";
    return text(key, { numerator: count(cell.numerator), denominator: count(cell.denominator) });
  }

  function facts(model, scene, cell) {
    const { indicator, slice, district } = scene;
    const found = [];
    const counts = countsTold(cell, indicator);
    if (cell.value !== null && cell.lower !== null && cell.upper !== null) {
      found.push(fact(text("panel.interval"), range(cell.lower, cell.upper, indicator)));
    }
    if (counts) found.push(fact(text("panel.counts"), counts));
    const city = slice.city || {};
    const cityLabel = Sozialraum.model.cityLabel(model, slice);
    if (typeof city.value === "number") found.push(fact(cityLabel, amount(city.value, indicator)));
    if (typeof city.median === "number") found.push(fact(text("panel.median"), amount(city.median, indicator)));
    if (cell.value !== null) {
      const { rank, count: all } = Sozialraum.model.rank(model, slice, district);
      found.push(fact(text("panel.rank"), text("panel.rank_of", { rank: number(rank), count: number(all) })));
    }
    return element("dl", { class: "facts" }, found.flat());
  }

  function valueBlock(model, scene, cell) {
    const { indicator } = scene;
    const told = cell.value === null ? text(`flag.${cell.flag}`) : amount(cell.value, indicator);
    const parts = [
      element("p", { class: "what", text: `${indicator.label}, ${date(scene.date)}` }),
      element("p", { class: cell.value === null ? "big none" : "big", text: told }),
    ];
    if (Sozialraum.words.has(`why.${cell.flag}`)) parts.push(element("p", { class: "warn", text: text(`why.${cell.flag}`) }));
    if (!model.data.districts.shapes[scene.district]) parts.push(element("p", { class: "warn", text: text("panel.no_area") }));
    if (cell.value !== null) parts.push(Sozialraum.charts.strip(model, scene, scene.district));
    parts.push(facts(model, scene, cell));
    if (indicator.published) parts.push(element("p", { class: "plain", text: text("panel.published") }));
    return element("section", { class: "block" }, parts);
  }

  function clusterBlock(model, scene, cell) {
    if (!scene.slice.clusters) return null;
    const alpha = model.data.statistics.alpha;
    const entry = { colour: model.data.clusterColours[cell.label], pattern: cell.label };
    const title = element("p", { class: "cluster" }, [
      Sozialraum.fills.swatch(entry), element("strong", { text: text(`cluster.${cell.label}`) }),
    ]);
    const parts = [
      element("h3", { text: text("panel.cluster") }), title,
      element("p", { text: text(`cluster.${cell.label}.why`) }),
    ];
    if (cell.p !== null) {
      const told = [fact(text("panel.p"), probability(cell.p, alpha))];
      if (cell.pAdjusted !== null) told.push(fact(text("panel.p_adjusted"), probability(cell.pAdjusted, alpha)));
      parts.push(element("dl", { class: "facts" }, told.flat()));
    }
    return element("section", { class: "block" }, parts);
  }

  function key(kind, told) {
    return element("span", { class: `key ${kind}`, text: told });
  }

  function seriesBlock(model, scene) {
    if (scene.indicator.slices.length < 2) return null;
    const series = Sozialraum.charts.series(model, scene, scene.district);
    if (!series) return null;
    const keys = [key("course", text("panel.series_this")),
      key("reference", text(series.hasCity ? "panel.series_city" : "panel.series_median"))];
    if (series.hasBand) keys.push(key("band", text("panel.series_band")));
    if (series.hasGap) keys.push(key("gap", text("panel.series_gap")));
    const unit = scene.indicator.unit ? ` (${scene.indicator.unit})` : "";
    return element("section", { class: "block" }, [
      element("h3", { text: text("panel.series") + unit }), series.drawn, element("p", { class: "keys" }, keys),
    ]);
  }

  // The slice of another indicator that is told beside this date: the same date, else the last before it.
  function beside(indicator, wanted) {
    const earlier = indicator.slices.filter((slice) => slice.date <= wanted);
    return earlier[earlier.length - 1];
  }

  // Where only ready-made shares exist, the city has no rate of its own, but its districts have a median.
  const hasRates = (model) => Array.from(model.indicators.values()).some((indicator) =>
    indicator.slices.some((slice) => slice.city && typeof slice.city.value === "number"));

  function otherRow(model, indicator, scene, reference) {
    const slice = beside(indicator, scene.date);
    if (!slice) return null;
    const cell = Sozialraum.model.cell(model, slice, scene.district);
    const city = slice.city ? slice.city[reference] : null;
    const told = cell.value === null ? text(`flag.${cell.flag}`) : amount(cell.value, indicator);
    const stamp = slice.date === scene.date ? "" : ` (${date(slice.date)})`;
    const name = element("button", { type: "button", class: "link", "data-indicator": indicator.id,
      "data-date": slice.date, text: indicator.label + stamp });
    return element("tr", indicator === scene.indicator ? { "aria-current": "true" } : {}, [
      element("th", { scope: "row" }, [name]),
      element("td", { class: cell.value === null ? "number none" : "number", text: told }),
      element("td", { class: "number", text: amount(city, indicator) }),
    ]);
  }

  function othersBlock(model, scene) {
    if (model.indicators.size < 2) return null;
    const reference = hasRates(model) ? "value" : "median";
    const rows = Array.from(model.indicators.values(), (indicator) => otherRow(model, indicator, scene, reference));
    const heading = element("tr", {}, [
      element("th", { scope: "col", text: text("control.indicator") }),
      element("th", { scope: "col", class: "number", text: text("panel.all_district") }),
      element("th", { scope: "col", class: "number", text: text(`panel.all_${reference}`) }),
    ]);
    return element("section", { class: "block" }, [
      element("h3", { text: text("panel.all") }),
      element("table", { class: "others" }, [
        element("thead", {}, [heading]), element("tbody", {}, rows.filter(Boolean)),
      ]),
    ]);
  }

  function create(model, act) {
    const panel = byId("panel");
    const list = byId("districts-list");
    panel.addEventListener("click", (event) => {
      if (event.target.closest("#panel-back")) act.back();
      const other = event.target.closest("[data-indicator]");
      if (other) act.choose({ indicator: other.dataset.indicator, date: other.dataset.date });
    });
    return {
      show(scene) {
        const open = scene.district >= 0;
        panel.hidden = !open;
        list.hidden = open;
        byId("side").classList.toggle("open", open);
        if (!open) { panel.replaceChildren(); return; }
        const cell = Sozialraum.model.cell(model, scene.slice, scene.district);
        panel.replaceChildren(...[
          ...head(model, scene.district), valueBlock(model, scene, cell), clusterBlock(model, scene, cell),
          seriesBlock(model, scene), othersBlock(model, scene),
        ].filter(Boolean));
      },
      focus() {
        byId("side").scrollTop = 0;
        byId("panel-name").focus({ preventScroll: true });
      },
    };
  }

  Sozialraum.panel = { create };
})();
