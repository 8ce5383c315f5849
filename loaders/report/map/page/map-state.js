// What the address says: #zoom/latitude/longitude/installation?colour=…&country=…  Reading, writing, going back.
"use strict";

(() => {
  const eoPv = (window.eoPv = window.eoPv || {});
  const FILTERS = ["country", "dataset", "status", "licence", "confidence", "min", "max"];
  const listeners = [];
  let state = empty();

  function empty() {
    return { view: null, selected: "", colour: "size", sources: [], filters: noFilters() };
  }

  function noFilters() {
    return Object.fromEntries(FILTERS.map((name) => [name, ""]));
  }

  // Whatever an address holds, the state is a valid one.
  function parse(hash) {
    const [place, query = ""] = hash.replace(/^#/, "").split("?");
    const parts = place.split("/");
    const parsed = empty();
    const [zoom, lat, lon] = parts.slice(0, 3).map((part) => (part.trim() ? Number(part) : NaN));
    const isPlace = [zoom, lat, lon].every(Number.isFinite) && Math.abs(lat) <= 90 && Math.abs(lon) <= 540;
    if (isPlace) parsed.view = { zoom: Math.min(Math.max(zoom, 0), 20), lat, lon };
    parsed.selected = decode(parts.slice(3).join("/")) || (parts.length === 1 && /^pv_\w+$/.test(place) ? place : "");
    const pairs = new URLSearchParams(query);
    if (Object.hasOwn(eoPv.palette.MODES, pairs.get("colour") || "")) parsed.colour = pairs.get("colour");
    for (const name of FILTERS) parsed.filters[name] = pairs.get(name) || "";
    for (const name of ["min", "max"]) if (!(Number(parsed.filters[name]) >= 0)) parsed.filters[name] = "";
    parsed.sources = (pairs.get("sources") || "").split(",").filter(Boolean);
    return parsed;
  }

  function decode(part) {
    try {
      return decodeURIComponent(part);
    } catch {
      return "";
    }
  }

  // The address of a state; what is as at the start is left out.
  function format({ view, selected, colour, sources, filters }) {
    const digits = view ? Math.min(Math.max(Math.round(view.zoom / 3) + 1, 2), 6) : 0;
    const place = view ? `${+view.zoom.toFixed(2)}/${view.lat.toFixed(digits)}/${view.lon.toFixed(digits)}` : "//";
    const pairs = new URLSearchParams();
    if (colour !== "size") pairs.set("colour", colour);
    for (const name of FILTERS) if (filters[name]) pairs.set(name, filters[name]);
    if (sources.length) pairs.set("sources", sources.join(","));
    const query = pairs.toString();
    return `#${place}${selected ? `/${encodeURIComponent(selected)}` : ""}${query ? `?${query}` : ""}`;
  }

  // The address as told: a new step of the history, or instead of this one. A page from disk may lack a history.
  function write(isStep) {
    const hash = format(state);
    if (hash === location.hash) return;
    try {
      history[isStep ? "pushState" : "replaceState"](null, "", hash);
    } catch {
      location.replace(hash);
    }
  }

  // A promise that is fulfilled once everything follows.
  function notify(before) {
    return Promise.all(listeners.map((listener) => listener(state, before)));
  }

  eoPv.state = {
    FILTERS,
    noFilters,
    get: () => state,
    format,
    parse,

    read() {
      state = parse(location.hash);
      return state;
    },

    // Change a part of the state, as a step that "back" undoes.
    change(part) {
      const before = state;
      state = { ...state, ...part };
      write(true);
      return notify(before);
    },

    // The view moves all the time: no step of the history.
    moved(view) {
      state = { ...state, view };
      write(false);
    },

    onChange: (listener) => listeners.push(listener),

    address: () => location.href.split("#")[0] + format(state),
  };

  window.addEventListener("popstate", () => {
    if (location.hash === format(state)) return;
    const before = state;
    state = parse(location.hash);
    notify(before);
  });
})();
