// Colours and classes of each way to colour the map. Sequences are of "plasma", categories after Okabe and Ito: both
// can be told apart with colour-blind eyes, and every colour has a contrast of 3 : 1 or more to the land under it.
"use strict";

(() => {
  const eoPv = (window.eoPv = window.eoPv || {});
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const SEQUENCE = {
    light: ["#d8576b", "#b5308a", "#8b0aa5", "#5302a3", "#1b068d"],
    dark: ["#c8467f", "#e16462", "#f1854b", "#fdb42f", "#f4ed27"],
  };
  const CATEGORIES = {
    light: ["#0072b2", "#c25100", "#8a3f76", "#00754f", "#2d3640", "#7a5c00"],
    dark: ["#56b4e9", "#f08a3c", "#d99abf", "#2fc79a", "#ffffff", "#f0e442"],
  };
  const UNKNOWN = { light: "#6f7a86", dark: "#8b97a3" };
  const GROUND = {
    light: { sea: "#dfe7ee", land: "#f6f4ee", border: "#a9b1b9", region: "#d6d6d0", label: "#46515d", halo: "#f6f4ee" },
    dark: { sea: "#0f1419", land: "#222a32", border: "#55616d", region: "#333d47", label: "#b4c0cb", halo: "#222a32" },
  };
  const SHARES = [0.2, 0.4, 0.6, 0.8];
  const SHARE_LABELS = ["under 20 %", "20 to 40 %", "40 to 60 %", "60 to 80 %", "80 % or more"];
  const YEARS = {
    breaks: [2012, 2015, 2018, 2021],
    labels: ["before 2012", "2012–2014", "2015–2017", "2018–2020", "2021 or later"],
  };

  // Of each way: what a single installation shows, and what a hexagon of many does.
  const MODES = {
    size: {
      label: "Size",
      title: "Capacity of the panels",
      hexagonTitle: "Capacity per hexagon",
      property: "w",
      breaks: [1, 5, 20, 100],
      labels: ["under 1 MW", "1 to 5 MW", "5 to 20 MW", "20 to 100 MW", "100 MW or more"],
      columns: ["size_mw"],
      unknown: "size unknown",
    },
    dataset_count: {
      label: "Number of datasets",
      title: "Datasets that have it",
      hexagonTitle: "In two or more datasets",
      property: "n",
      breaks: [2, 3, 4, 5],
      labels: ["1", "2", "3", "4", "5 or more"],
      columns: ["dataset_count"],
    },
    confidence: {
      label: "Confidence",
      title: "Confidence that it exists",
      hexagonTitle: "Of high confidence",
      property: "q",
      categories: "confidences",
      order: ["high", "medium", "low"],
      columns: ["confidence"],
    },
    year: {
      label: "Year",
      title: "Installed in or before",
      hexagonTitle: "Mean year of installation",
      property: "y",
      ...YEARS,
      columns: ["year"],
      unknown: "year unknown",
    },
    status: {
      label: "Status",
      title: "Status",
      hexagonTitle: "Most frequent status",
      property: "s",
      categories: "statuses",
      order: ["operating", "construction", "planned", "retired", "rejected"],
      columns: ["status"],
    },
  };

  const theme = () => (dark.matches ? "dark" : "light");
  const sequence = () => SEQUENCE[theme()];
  const unknown = () => UNKNOWN[theme()];

  // The colour of each category of a mode, by its name; what is not listed is unknown.
  function categoryColours(mode) {
    const colours = CATEGORIES[theme()];
    return Object.fromEntries(MODES[mode].order.map((name, k) => [name, colours[k % colours.length]]));
  }

  const palette = {
    MODES,
    theme,
    ground: () => GROUND[theme()],
    accent: () => (dark.matches ? "#7fe3ff" : "#004d9e"),
    halo: () => (dark.matches ? "#000000" : "#ffffff"),

    onChange: (callback) => dark.addEventListener("change", callback),

    // MapLibre's expression for the colour of a feature of the tiles.
    installationColour(mode, meta) {
      const { property, breaks, categories } = MODES[mode];
      const value = ["get", property];
      if (categories) return categoryExpression(mode, value, meta[categories]);
      const steps = breaks.flatMap((limit, k) => [limit, sequence()[k + 1]]);
      const isUnknown = ["any", ["!", ["has", property]], ["==", value, mode === "year" ? 0 : -1]];
      return ["case", isUnknown, unknown(), ["step", value, sequence()[0], ...steps]];
    },

    // The colour of a hexagon from its value `v`: null is unknown.
    hexagonColour(mode, breaks, meta) {
      if (mode === "status") return categoryExpression(mode, ["get", "v"], meta.statuses);
      const steps = breaks.flatMap((limit, k) => [limit, sequence()[k + 1]]);
      const shade = steps.length ? ["step", ["get", "v"], sequence()[0], ...steps] : sequence()[0];
      return ["case", ["==", ["get", "v"], null], unknown(), shade];
    },

    // Classes of the hexagons' values: fixed ones, for sizes by the sums at hand.
    hexagonBreaks(mode, values) {
      if (mode === "year") return YEARS.breaks;
      return mode === "size" ? niceBreaks(values) : SHARES;
    },

    // Entries of the legend: [label, colour].
    legend(mode, meta, breaks = null) {
      const { labels, order, categories } = MODES[mode];
      if (categories && (!breaks || mode === "status")) {
        const colours = categoryColours(mode);
        const known = order.filter((name) => meta[categories].includes(name));
        const rest = meta[categories].some((name) => !order.includes(name));
        return [...known.map((name) => [name, colours[name]]), ...(rest ? [["unknown", unknown()]] : [])];
      }
      const rows = breaks && mode !== "year" ? hexagonLabels(mode, breaks) : labels;
      const entries = rows.map((label, k) => [label, sequence()[k]]);
      return MODES[mode].unknown ? [...entries, [MODES[mode].unknown, unknown()]] : entries;
    },

    // Colours and dashes of the datasets' own outlines: 8 colours, then the same dashed.
    sourceStyle(dataset) {
      const colours = dark.matches
        ? ["#7fe3ff", "#ffb266", "#b6f09c", "#ff9ecf", "#f4ed6a", "#c4b5ff", "#ff8a80", "#d5dde5"]
        : ["#005fa3", "#b34700", "#1f6f1f", "#a3206f", "#735c00", "#5a32c8", "#c0172b", "#2d3640"];
      const dashes = [[1, 0], [4, 2], [1, 1.5]];
      return { colour: colours[dataset % 8], dash: dashes[Math.floor(dataset / 8) % 3] };
    },
  };

  function categoryExpression(mode, value, names) {
    const colours = categoryColours(mode);
    const pairs = names.flatMap((name, k) => (colours[name] ? [k, colours[name]] : []));
    return pairs.length ? ["match", value, ...pairs, unknown()] : unknown();
  }

  // At most four limits of the kind 1, 2, 5 × 10ⁿ that part the values into classes of about the same number.
  function niceBreaks(values) {
    const sorted = Float64Array.from(values.filter((value) => value !== null)).sort();
    if (!sorted.length) return [];
    const limits = [0.2, 0.4, 0.6, 0.8].map((share) => niceNumber(sorted[Math.floor(share * (sorted.length - 1))]));
    return [...new Set(limits)].filter((limit) => limit > sorted[0]).sort((a, b) => a - b);
  }

  function niceNumber(value) {
    if (!(value > 0)) return 0;
    const power = 10 ** Math.floor(Math.log10(value));
    const [digit] = [1, 2, 5, 10].filter((step) => value / power <= step * 1.0001);
    return Number((digit * power).toPrecision(1));
  }

  function hexagonLabels(mode, breaks) {
    if (mode !== "size") return SHARE_LABELS;
    const { megawatt } = eoPv.text;
    if (!breaks.length) return ["any size"];
    const between = breaks.slice(1).map((limit, k) => `${megawatt(breaks[k])} to ${megawatt(limit)}`);
    return [`under ${megawatt(breaks[0])}`, ...between, `${megawatt(breaks.at(-1))} or more`];
  }

  eoPv.palette = palette;
})();
