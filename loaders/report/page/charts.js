// Draws the charts: each figure holds its specification for Vega as JSON. The interpreter makes no script of text, which
// the page's Content-Security-Policy forbids. Colours are CSS variables, so that dark mode and print need no redrawing.
"use strict";

(() => {
  const NARROW_PX = 600;
  const NARROW_LABEL_PX = 130;
  const drawn = [];

  // On a narrow screen, long labels leave room for the bars, and the entries of a legend stand below each other.
  function fitNarrow(specification) {
    for (const axis of specification.axes ?? []) {
      if (axis.labelLimit) axis.labelLimit = NARROW_LABEL_PX;
    }
    for (const legend of specification.legends ?? []) legend.columns = 1;
  }

  async function draw(figure) {
    const specification = JSON.parse(figure.querySelector(".spec").textContent);
    if (figure.clientWidth < NARROW_PX) fitNarrow(specification);
    const view = new vega.View(vega.parse(specification, null, { ast: true }), {
      container: figure.querySelector(".plot"),
      expr: vega.expressionInterpreter,
      renderer: "svg",
      hover: true,
    });
    return view.runAsync();
  }

  // Without its drawing, a chart shows its table.
  function showTable(figure, error) {
    console.warn(`chart ${figure.dataset.chart}: ${error.message}`);
    figure.querySelector(".plot").hidden = true;
    figure.querySelector("details").open = true;
  }

  for (const figure of document.querySelectorAll("figure[data-chart]:has(.spec)")) {
    drawn.push(draw(figure).catch((error) => showTable(figure, error)));
  }

  // What tests wait for.
  window.eoPvCharts = Promise.all(drawn);
})();
