// Puts the parts together: one state, kept in the page's address, shown by all parts.
"use strict";
(() => {
  const Sozialraum = (window.Sozialraum = window.Sozialraum || {});
  const { text, date, element } = Sozialraum.words;
  const byId = (id) => document.getElementById(id);
  const views = ["values", "clusters"];

  // Whatever the address says, the state is one that can be shown.
  function possible(model, wanted) {
    const indicator = model.indicators.get(wanted.indicator) || model.data.indicators[0];
    const dates = indicator.slices.map((slice) => slice.date);
    return {
      indicator: indicator.id,
      date: dates.includes(wanted.date) ? wanted.date : dates[dates.length - 1],
      view: views.includes(wanted.view) && anyClusters(model) ? wanted.view : "values",
      district: wanted.district >= 0 && wanted.district < model.size ? wanted.district : -1,
    };
  }

  const anyClusters = (model) =>
    model.data.indicators.some((indicator) => indicator.slices.some((slice) => slice.clusters));

  function fromAddress(model) {
    const wanted = new URLSearchParams(window.location.hash.slice(1));
    return { indicator: wanted.get("indicator"), date: wanted.get("date"), view: wanted.get("view"),
      district: model.place(wanted.get("district")) };
  }

  // A page inside a notebook has no address of its own.
  function toAddress(model, state) {
    if (window.location.protocol === "about:") return;
    const told = { indicator: state.indicator, date: state.date, view: state.view };
    if (state.district >= 0) told.district = model.data.districts.keys[state.district];
    const hash = `#${new URLSearchParams(told)}`;
    if (hash !== window.location.hash) window.history.replaceState(null, "", hash);
  }

  function indicatorOptions(model) {
    const themes = new Map();
    for (const indicator of model.data.indicators) {
      if (!themes.has(indicator.theme)) themes.set(indicator.theme, []);
      themes.get(indicator.theme).push(element("option", { value: indicator.id, text: indicator.label }));
    }
    if (themes.size === 1 && themes.has("")) return themes.get("");
    return Array.from(themes, ([theme, options]) =>
      element("optgroup", { label: theme || text("control.other") }, options));
  }

  function controls(model, act) {
    const indicator = byId("choose-indicator");
    const day = byId("choose-date");
    const earlier = byId("date-earlier");
    const later = byId("date-later");
    indicator.replaceChildren(...indicatorOptions(model));
    byId("choose-view").hidden = !anyClusters(model);
    const step = (by) => act.choose({ date: day.options[day.selectedIndex + by].value });
    indicator.addEventListener("change", () => act.choose({ indicator: indicator.value }));
    day.addEventListener("change", () => act.choose({ date: day.value }));
    earlier.addEventListener("click", () => step(-1));
    later.addEventListener("click", () => step(1));
    byId("choose-view").addEventListener("change", (event) => act.choose({ view: event.target.value }));
    return {
      show(scene) {
        const days = scene.indicator.slices.map((slice) => slice.date);
        indicator.value = scene.indicator.id;
        day.replaceChildren(...days.map((iso) => element("option", { value: iso, text: date(iso) })));
        day.value = scene.date;
        earlier.disabled = days.indexOf(scene.date) === 0;
        later.disabled = days.indexOf(scene.date) === days.length - 1;
        byId(`view-${scene.view}`).checked = true;
      },
    };
  }

  function start(map) {
    const data = JSON.parse(byId("sozialraum-data").textContent);
    Sozialraum.words.use(data);
    Sozialraum.fills.define(data.patterns);
    const model = Sozialraum.model.create(data);
    let state = null;
    let parts = null;

    function show(wanted) {
      const before = state;
      state = possible(model, wanted);
      const scene = Sozialraum.model.scene(model, state);
      const other = !before || ["indicator", "date", "view"].some((name) => state[name] !== before[name]);
      if (other) [parts.controls, parts.list, parts.reading].forEach((part) => part.show(scene));
      Sozialraum.legend.show(model, scene);
      parts.panel.show(scene);
      parts.map.show(scene);
      toAddress(model, state);
    }

    function choose(change) {
      show({ ...state, ...change });
      if (change.district >= 0) parts.panel.focus();
    }

    function back() {
      const { district } = state;
      show({ ...state, district: -1 });
      parts.list.focus(district);
    }

    const act = { choose, back, point: (district) => parts.map.point(district) };
    parts = {
      controls: controls(model, act),
      map: Sozialraum.map.draw(map, model, act),
      list: Sozialraum.list.create(model, act),
      panel: Sozialraum.panel.create(model, act),
      reading: Sozialraum.reading.create(model),
    };
    show(fromAddress(model));
    document.addEventListener("keydown", (event) => event.key === "Escape" && state.district >= 0 && back());
    document.querySelector("[data-skip]").addEventListener("click", (event) => {
      event.preventDefault();
      if (state.district >= 0) back();
      else byId("districts-search").focus();
    });
    window.addEventListener("hashchange", () => show(fromAddress(model)));
    document.body.classList.add("ready");
  }

  Sozialraum.start = start;
})();
