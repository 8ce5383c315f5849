// The legend, the choice of colours, and the list of datasets whose own outlines can be shown.
"use strict";

(() => {
  const eoPv = (window.eoPv = window.eoPv || {});
  const { data, palette, state, text } = eoPv;
  const { element } = text;
  let drawn = ""; // what the legend shows
  const choice = () => document.getElementById("colour");

  function swatch(colour) {
    const mark = element("span", { class: "swatch", "aria-hidden": "true" });
    mark.style.backgroundColor = colour;
    return mark;
  }

  const legend = {
    // The classes of what is drawn: of hexagons where their breaks are given, else of single installations.
    show(breaks = null) {
      const { colour } = state.get();
      const drawing = JSON.stringify([colour, breaks, palette.theme()]);
      if (drawing === drawn) return; // the map has only moved
      drawn = drawing;
      const { title, hexagonTitle } = palette.MODES[colour];
      document.getElementById("legend-title").textContent = breaks ? hexagonTitle : title;
      const entries = palette.legend(colour, data.meta, breaks);
      const rows = entries.map(([label, shade]) => element("li", {}, swatch(shade), label));
      document.getElementById("legend-classes").replaceChildren(...rows);
      document.getElementById("legend-kind").textContent = breaks
        ? "Hexagons: click one to zoom in."
        : "Single installations: click one for its records.";
    },

    // The controls as the state says.
    restore() {
      choice().value = state.get().colour;
      const { sources } = state.get();
      for (const box of document.querySelectorAll("#sources input")) box.checked = sources.includes(box.value);
    },

    // The datasets with their colours, in light or dark.
    listSources() {
      document.getElementById("sources").replaceChildren(...data.meta.datasets.map(sourceRow));
      legend.restore();
    },

    start() {
      for (const [mode, { label }] of Object.entries(palette.MODES)) {
        choice().append(element("option", { value: mode }, label));
      }
      choice().addEventListener("change", () => state.change({ colour: choice().value }));
      legend.listSources();
      palette.onChange(legend.listSources);
    },

    // A line as the outlines of a dataset are drawn.
    stroke(number) {
      const { colour, dash } = palette.sourceStyle(number);
      const line = element("span", { class: "stroke", "aria-hidden": "true" });
      line.style.borderTopColor = colour;
      line.style.borderTopStyle = dash[1] === 0 ? "solid" : dash[0] > 2 ? "dashed" : "dotted";
      return line;
    },

    // Say from which zoom the outlines of the sources are drawn.
    showSourcesHint(isFar) {
      const hint = document.getElementById("sources-hint");
      hint.textContent = isFar && state.get().sources.length ? "Zoom in further to see them." : "";
    },
  };

  function sourceRow({ key, label }, number) {
    const box = element("input", { type: "checkbox", value: key, id: `source-${key}` });
    box.addEventListener("change", () => {
      const chosen = [...document.querySelectorAll("#sources input:checked")].map(({ value }) => value);
      state.change({ sources: chosen });
    });
    return element("label", {}, box, legend.stroke(number), label || key);
  }

  eoPv.legend = legend;
})();
