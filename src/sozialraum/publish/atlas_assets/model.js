// What the page knows, and the scene that a choice of indicator, date and view makes of it.
"use strict";
(() => {
  const Sozialraum = (window.Sozialraum = window.Sozialraum || {});
  const { text, number } = Sozialraum.words;
  const alwaysListed = new Set(["missing", "suppressed"]);

  function create(data) {
    const indicators = new Map(data.indicators.map((indicator) => [indicator.id, indicator]));
    const places = new Map(data.districts.keys.map((key, place) => [key, place]));
    return {
      data,
      size: data.districts.keys.length,
      indicators,
      place: (key) => (places.has(key) ? places.get(key) : -1),
      slice: (indicator, date) => indicator.slices.find((slice) => slice.date === date),
      flag: (slice, district) => data.flags[+slice.flags[district]],
      label: (slice, district) => (slice.clusters ? data.labels[+slice.clusters[district]] : "undefined"),
      value: (slice, district) => (slice.values ? slice.values[district] : null),
      parents: (district) =>
        data.districts.parents
          .map((level) => (level.codes[district] < 0 ? "" : level.names[level.codes[district]]))
          .filter(Boolean),
    };
  }

  const pick = (list, district) => (list ? list[district] : null);

  function cell(model, slice, district) {
    return {
      value: pick(slice.values, district),
      lower: pick(slice.lower, district),
      upper: pick(slice.upper, district),
      numerator: pick(slice.numerator, district),
      denominator: pick(slice.denominator, district),
      p: pick(slice.p, district),
      pAdjusted: pick(slice.pAdjusted, district),
      flag: model.flag(slice, district),
      label: model.label(slice, district),
    };
  }

  function classOf(value, limits) {
    const found = limits.findIndex((limit) => value <= limit);
    return found < 0 ? limits.length - 1 : found;
  }

  function classEntries(indicator) {
    const { limits, decimals } = indicator;
    const step = 10 ** -decimals;
    return limits.map((limit, place) => {
      const from = place ? limits[place - 1] + step : indicator.lowest;
      const label = limit - from < step / 2
        ? number(limit, decimals)
        : text("legend.range", { from: number(from, decimals), to: number(limit, decimals) });
      return { id: `class-${place}`, label, colour: indicator.colours[place] };
    });
  }

  function flagEntries(model) {
    return model.data.flags
      .filter((flag) => flag in model.data.patterns)
      .map((flag) => ({ id: flag, label: text(`flag.${flag}`), pattern: flag }));
  }

  function clusterEntries(model) {
    return model.data.labels.map((label) => ({
      id: `cluster-${label}`,
      label: text(`cluster.${label}`),
      detail: text(`cluster.${label}.legend`),
      colour: model.data.clusterColours[label],
      pattern: label in model.data.patterns ? label : undefined,
    }));
  }

  // A cell without a value says why, in either view.
  function stateOf(model, indicator, slice, view, district) {
    const value = model.value(slice, district);
    const flag = model.flag(slice, district);
    const empty = flag in model.data.patterns ? flag : "missing";
    if (view === "clusters") {
      const label = model.label(slice, district);
      return label === "undefined" && value === null ? empty : `cluster-${label}`;
    }
    return value === null ? empty : `class-${classOf(value, indicator.limits)}`;
  }

  function scene(model, state) {
    const indicator = model.indicators.get(state.indicator);
    const slice = model.slice(indicator, state.date);
    const coloured = state.view === "clusters" ? clusterEntries(model) : classEntries(indicator);
    const entries = [...coloured, ...flagEntries(model)].map((entry) => ({ ...entry, count: 0 }));
    const byId = new Map(entries.map((entry) => [entry.id, entry]));
    const of = Array.from({ length: model.size }, (_, district) =>
      byId.get(stateOf(model, indicator, slice, state.view, district)));
    of.forEach((entry) => { entry.count += 1; });
    const listed = entries.filter((entry) => isListed(entry, state.view));
    return { ...state, indicator, slice, view: state.view, entries: listed, of };
  }

  function isListed(entry, view) {
    if (entry.count || alwaysListed.has(entry.id)) return true;
    if (view === "clusters") return entry.id.startsWith("cluster-") && entry.id !== "cluster-undefined";
    return entry.id.startsWith("class-");
  }

  // Districts with a value, highest first.
  function ranked(model, slice) {
    return Array.from({ length: model.size }, (_, district) => district)
      .filter((district) => model.value(slice, district) !== null)
      .sort((a, b) => model.value(slice, b) - model.value(slice, a));
  }

  function rank(model, slice, district) {
    const value = model.value(slice, district);
    const others = ranked(model, slice);
    return { rank: 1 + others.filter((other) => model.value(slice, other) > value).length, count: others.length };
  }

  // The city's value is summed from the districts that have one; where others lack theirs, it must say so.
  function cityLabel(model, slice) {
    const flags = Array.from({ length: model.size }, (_, district) => model.flag(slice, district));
    const lacking = flags.filter((flag) => flag in model.data.patterns && flag !== "not applicable").length;
    if (!lacking) return text("panel.city");
    return text(lacking === 1 ? "panel.city_without_one" : "panel.city_without", { count: number(lacking) });
  }

  Sozialraum.model = { create, cell, scene, ranked, rank, cityLabel };
})();
