// Starts the map page. For tests and the console there is `window.eoPvMap`:
//   ready            promise, fulfilled once the first picture is complete
//   painted          milliseconds from the start of the page to that
//   hasWebGL()       whether there is a map; else the picture and the table stand in its place
//   map()            MapLibre's map, or null
//   state()          place, installation, colour, sources and filters, as in the address
//   totals()         promise of {count, megawatts, unknown} of the installations that the filters show
//   visible()        number of installations, hexagons and outlines drawn in view, by layer
//   select(i)        open installation number i
//   search(text)     promise of the results, [{label, note}]
//   firstZoom()      zoom from which installations are drawn one by one; hexagons below it
//   open()           the details of the open installation, or null
// Elements: html[data-embedded] in a frame; html[data-state] is "ready" or "no-webgl" from then on; #shown (data-count,
// data-megawatts), #filter-<name>, #filter-clear, #filter-zoom, #colour, #legend, #source-<key>,
// #search, #search-results [role=option], #table-toggle, #table (data-count) tr[data-number], #details
// (data-installation) [data-record] [data-pair], #details-zoom, #details-copy, #details-osm, #details-close, #problem.
"use strict";

(() => {
  const { data, details, filters, layers, legend, search, state, table, view } = window.eoPv;
  const eoPv = window.eoPv;
  const numbers = new Map(); // id → number of installations opened before
  let isFocusNext = false; // whether the panel that opens next takes the focus
  const { isEmbedded } = view; // in the report page, which has title, banner and links itself
  const NARROW = "(max-width: 48rem)";

  // Say what went wrong, once, where the user looks.
  eoPv.problem = (message) => {
    const place = document.getElementById("problem");
    place.textContent = message;
    place.hidden = false;
  };

  // Open an installation whose number is known.
  eoPv.open = (id, number, { focus = false } = {}) => {
    numbers.set(id, number);
    if (state.get().selected === id) return showSelected(focus);
    isFocusNext = focus;
    return state.change({ selected: id });
  };

  async function showSelected(focus = false) {
    const { selected } = state.get();
    if (!selected) details.hide();
    else {
      const number = numbers.get(selected) ?? (await data.numbersOf(selected))[0];
      if (state.get().selected !== selected) return;
      if (number === undefined) {
        eoPv.problem(`This map has no installation ${selected}; it may be of another build.`);
        details.hide();
      } else await details.show(number, { focus });
    }
    view.mark();
    view.uncover();
  }

  // Draw what has changed.
  async function follow(now, before) {
    document.getElementById("problem").hidden = true;
    filters.restore();
    legend.restore();
    if (now.selected !== before.selected) await showSelected(isFocusNext);
    isFocusNext = false;
    if (now.view !== before.view && now.view) view.jumpTo(now.view);
    const isRedrawn = now.filters !== before.filters || now.colour !== before.colour;
    if (isRedrawn) await view.redraw();
    if (now.sources !== before.sources) view.showSources();
    if (isRedrawn) await table.update();
  }

  // The panel of filters: open on wide screens, behind its button on narrow ones.
  function startPanels() {
    const toggle = document.getElementById("filter-toggle");
    const panel = document.getElementById("filters");
    const show = (isOpen) => {
      panel.hidden = !isOpen;
      toggle.setAttribute("aria-expanded", String(isOpen));
      const map = view.map();
      if (map) map.resize();
    };
    const isNarrow = matchMedia(NARROW).matches;
    document.getElementById("legend").open = !isNarrow;
    show(!isNarrow && !isEmbedded);
    toggle.addEventListener("click", () => show(panel.hidden));
    document.getElementById("attribution-open").addEventListener("click", () => {
      show(true);
      document.getElementById("about").open = true;
      document.querySelector("#about summary").focus();
    });
    document.querySelector(".skip").addEventListener("click", (event) => {
      event.preventDefault(); // the address holds the place on the map
      document.getElementById("search").focus();
    });
    document.getElementById("filter-close").addEventListener("click", () => {
      show(false);
      toggle.focus();
    });
  }

  async function start() {
    if (isEmbedded) document.documentElement.dataset.embedded = "yes";
    const hadPlace = state.read().view !== null;
    document.getElementById("overview").hidden = hadPlace; // the picture of everything is not what was asked for
    startPanels();
    await data.loadMeta();
    for (const part of [filters, legend, search, table, details, eoPv.hexagons]) part.start();
    for (const name of ["size_mw", "hex"]) data.column(name).catch(() => {});
    await firstFrame();
    await view.start();
    state.onChange((now, before) => follow(now, before).catch(({ message }) => eoPv.problem(message)));
    await view.redraw();
    await table.open(!view.hasMap());
    await firstPicture();
    eoPvMap.painted = performance.now();
    document.getElementById("overview").hidden = view.hasMap();
    document.getElementById("loading").hidden = true;
    document.documentElement.dataset.state = view.hasMap() ? "ready" : "no-webgl";
    if (view.hasMap()) layers.showLabels(view.map());
    openFromAddress(hadPlace);
    startLater();
  }

  // The page and its static picture are seen before the work on the map begins.
  function firstFrame() {
    return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  }

  function firstPicture() {
    const map = view.map();
    return map ? new Promise((resolve) => map.once("idle", resolve)) : Promise.resolve();
  }

  // An installation in the address; without a place in it, go there.
  async function openFromAddress(hadPlace) {
    if (!state.get().selected) return;
    await showSelected().catch(({ message }) => eoPv.problem(message));
    const open = details.current();
    if (open && !hadPlace) view.zoomTo(open.installation);
  }

  // What the first picture can do without.
  function startLater() {
    const later = window.requestIdleCallback || ((callback) => setTimeout(callback, 200));
    later(() => filters.countChoices().catch(() => {}));
  }

  function visible() {
    const map = view.map();
    if (!map) return {};
    const names = ["hexagons", "points", "outlines-fill", "outlines-points"];
    return Object.fromEntries(names.map((id) => [id, map.queryRenderedFeatures({ layers: [id] }).length]));
  }

  window.eoPvMap = {
    painted: null,
    hasWebGL: view.hasMap,
    map: view.map,
    state: state.get,
    totals: async () => {
      await data.column("size_mw");
      return filters.totals(await view.mask());
    },
    visible,
    select: (i) => view.select(i),
    search: search.find,
    open: () => (details.current() ? details.current().installation : null),
    firstZoom: () => layers.firstZoom(),
  };
  window.eoPvMap.ready = start();
  window.eoPvMap.ready.catch(({ message }) => {
    document.getElementById("loading").hidden = true;
    eoPv.problem(`The map cannot be drawn: ${message}`);
  });
})();
