// The filter panel: which installations are shown, how many they are, and how many megawatts.
"use strict";

(() => {
  const eoPv = (window.eoPv = window.eoPv || {});
  const { data, state, text } = eoPv;
  const NEEDS = {
    country: "country",
    dataset: "datasets",
    status: "status",
    licence: "licence",
    confidence: "confidence",
    min: "size_mw",
    max: "size_mw",
  };
  const LISTS = { country: "countries", status: "statuses", licence: "licences", confidence: "confidences" };
  const TILE_PROPERTIES = { country: "c", status: "s", licence: "l", confidence: "q" };
  const field = (name) => document.getElementById(`filter-${name}`);
  const UNKNOWN_PLACE = -1; // of a value that no installation has: nothing is shown

  // The number that stands for a value in columns and tiles; null without a filter.
  function code(name, value) {
    if (!value) return null;
    if (name === "dataset") return data.meta.datasets.findIndex(({ key }) => key === value);
    return value === "-" ? data.meta[LISTS[name]].indexOf("") : data.meta[LISTS[name]].indexOf(value);
  }

  const filters = {
    // A byte for each installation: 1 where it is shown.
    async mask() {
      const chosen = state.get().filters;
      const active = state.FILTERS.filter((name) => chosen[name]);
      await data.needColumns([...new Set(active.map((name) => NEEDS[name]))]);
      const shown = new Uint8Array(data.meta.count).fill(1);
      for (const name of active) narrow(shown, name, chosen[name]);
      return shown;
    },

    // The same as an expression for the features of the tiles; null without a filter.
    expression() {
      const chosen = state.get().filters;
      const parts = Object.keys(TILE_PROPERTIES)
        .filter((name) => chosen[name])
        .map((name) => ["==", ["get", TILE_PROPERTIES[name]], code(name, chosen[name])]);
      if (chosen.dataset) parts.push(["in", `,${code("dataset", chosen.dataset)},`, ["get", "d"]]);
      if (chosen.min || chosen.max) parts.push(["has", "w"]);
      if (chosen.min) parts.push([">=", ["get", "w"], Number(chosen.min)]);
      if (chosen.max) parts.push(["<=", ["get", "w"], Number(chosen.max)]);
      return parts.length ? ["all", ...parts] : null;
    },

    // Number and megawatts of the installations that are shown.
    totals(shown) {
      const sizes = data.columns.size_mw;
      let count = 0;
      let megawatts = 0;
      let unknown = 0;
      for (let i = 0; i < shown.length; i++) {
        if (!shown[i]) continue;
        count++;
        if (Number.isNaN(sizes[i])) unknown++;
        else megawatts += sizes[i];
      }
      return { count, megawatts, unknown };
    },

    // Say the totals, once for the eye and for screen readers.
    show({ count, megawatts, unknown }) {
      const whole = data.meta.count;
      const part = count === whole ? `all ${text.count(whole)}` : `${text.count(count)} of ${text.count(whole)}`;
      const size = unknown === count ? "size unknown" : text.megawatt(megawatts);
      const known = unknown && unknown < count ? ` (size unknown for ${text.count(unknown)})` : "";
      const shown = document.getElementById("shown");
      shown.textContent = `Showing ${part} installations, ${size}${known}`;
      document.getElementById("shown-status").textContent = shown.textContent; // also while the panel is closed
      Object.assign(shown.dataset, { count, megawatts: megawatts.toFixed(3) });
      const active = Object.values(state.get().filters).filter(Boolean).length;
      document.getElementById("filter-toggle").textContent = active ? `Filters (${active})` : "Filters";
      document.getElementById("filter-clear").disabled = !active;
    },

    // Filters of an address whose values this build does not have: nothing passes them.
    warnOfUnknown() {
      const chosen = state.get().filters;
      const unknown = state.FILTERS.filter((name) => NEEDS[name] !== "size_mw" && code(name, chosen[name]) === -1);
      for (const name of unknown) eoPv.problem(`This map has no ${name} “${text.line(chosen[name])}”.`);
    },

    // Fill the lists, and listen to them.
    start() {
      for (const name of Object.keys(LISTS)) fill(name, data.meta[LISTS[name]]);
      fillDatasets();
      filters.restore();
      for (const name of state.FILTERS) field(name).addEventListener("change", choose);
      const clear = () => state.change({ filters: state.noFilters() });
      document.getElementById("filter-clear").addEventListener("click", clear);
      document.getElementById("filter-zoom").addEventListener("click", () => eoPv.view.zoomToShown());
      document.getElementById("filter-form").addEventListener("submit", (event) => event.preventDefault());
    },

    // The controls as the state says.
    restore() {
      for (const name of state.FILTERS) field(name).value = state.get().filters[name];
    },

    // Numbers of installations behind each choice, once their columns are there.
    async countChoices() {
      for (const name of Object.keys(LISTS)) {
        const column = await data.column(NEEDS[name]);
        const counts = new Uint32Array(data.meta[LISTS[name]].length);
        for (let i = 0; i < column.length; i++) counts[column[i]]++;
        for (const choice of field(name).options) label(choice, counts[code(name, choice.value)]);
      }
      for (const choice of field("dataset").options) {
        const dataset = data.meta.datasets[code("dataset", choice.value)];
        if (dataset) label(choice, dataset.installations);
      }
    },
  };

  function choose() {
    const chosen = Object.fromEntries(state.FILTERS.map((name) => [name, field(name).value.trim()]));
    for (const name of ["min", "max"]) if (!(Number(chosen[name]) >= 0)) chosen[name] = "";
    state.change({ filters: chosen });
  }

  function narrow(shown, name, value) {
    const test = TESTS[name](name, value);
    for (let i = 0; i < shown.length; i++) if (shown[i] && !test(i)) shown[i] = 0;
  }

  const isCode = (name, value) => {
    const column = data.columns[NEEDS[name]];
    const wanted = code(name, value) ?? UNKNOWN_PLACE;
    return (i) => column[i] === wanted;
  };
  const TESTS = {
    country: isCode,
    status: isCode,
    licence: isCode,
    confidence: isCode,
    dataset: (name, value) => {
      const dataset = code(name, value);
      return (i) => dataset >= 0 && data.isIn(i, dataset);
    },
    min: (_, value) => (i) => data.columns.size_mw[i] >= Number(value),
    max: (_, value) => (i) => data.columns.size_mw[i] <= Number(value),
  };

  // The values of a list as options, in the order of their labels; "-" stands for the empty value.
  function fill(name, values) {
    const labels = values.map((value) => [value || "-", optionLabel(name, value)]);
    if (name !== "confidence") labels.sort((a, b) => a[1].localeCompare(b[1], "en"));
    field(name).append(...labels.map(([value, words]) => option(value, words)));
    field(name).closest("label").hidden = values.length < 2;
  }

  function optionLabel(name, value) {
    if (name === "country") return text.country(value);
    return value || "unknown";
  }

  function fillDatasets() {
    field("dataset").append(...data.meta.datasets.map(({ key, label: words }) => option(key, words || key)));
  }

  function option(value, words) {
    return text.element("option", { value, "data-label": words }, words);
  }

  // "Germany (1,234)"; a choice that finds nothing cannot be made.
  function label(choice, count) {
    if (!choice.value || count === undefined) return;
    choice.textContent = `${choice.dataset.label} (${text.count(count)})`;
    choice.disabled = count === 0;
  }

  eoPv.filters = filters;
})();
