// The panel of one installation: its properties with their datasets, all its records, the evidence of each pair.
"use strict";

(() => {
  const eoPv = (window.eoPv = window.eoPv || {});
  const { data, state, text } = eoPv;
  const { element } = text;
  const MANY = 30; // records or pairs shown at once; a button shows the rest
  // How the capacity of the panels is known, as curated_pv_yield names it.
  const METHODS = {
    stated_dc: "as stated",
    stated_unknown: "as stated, basis unknown",
    stated_ac: "from the stated AC capacity",
    area: "estimated from the outline",
  };
  const panel = () => document.getElementById("details");
  const content = () => document.getElementById("details-content");
  let opener = null; // what had the focus before the panel opened
  let open = null; // {number, installation}

  // Terms and descriptions, without those that are unknown. A third part names the dataset that a value comes from.
  function descriptions(rows) {
    const list = element("dl");
    for (const [term, value, dataset] of rows) {
      if (value === null || value === undefined || value === "") continue;
      const description = element("dd", {}, element("bdi", {}, value));
      if (dataset) description.append(" ", element("span", { class: "from" }, `from ${datasetLabel(dataset)}`));
      list.append(element("dt", {}, term), description);
    }
    return list;
  }

  function datasetLabel(key) {
    const dataset = data.meta.datasets.find((each) => each.key === key);
    return (dataset && dataset.label) || key;
  }

  const known = (value, format) => (value === undefined || value === null ? null : format(value));
  const basis = (name) => (name && name !== "unknown" ? ` ${name.toUpperCase()}` : "");
  const capacity = (each) => known(each.capacity_mw, (mw) => text.megawatt(mw) + basis(each.capacity_basis));
  const flags = (names) => (names && names.length ? names.map(text.words).join(", ") : null);

  function properties(it) {
    const place = element("span", {}, element("bdi", {}, text.country(it.country)));
    if (it.region) place.prepend(element("bdi", {}, it.region), ", ");
    const outline = it.geometry_kind === "point" ? "a position only, no outline" : known(it.area_m2, text.area);
    const method = METHODS[it.panel_capacity_method];
    const panels = known(it.panel_capacity_mw, (mw) => `${text.megawatt(mw)} DC${method ? `, ${method}` : ""}`);
    const most = it.energy_is_upper_bound ? "at most " : "";
    const inventories = `${text.plural(it.dataset_count, "dataset")}, ${it.independent_inventories} independent`;
    const doubt = it.licence_verified === false ? " (not verified at its source)" : "";
    return descriptions([
      ["Confidence", it.confidence && `${it.confidence}: ${inventories}`],
      ["Status", it.status, it.status_dataset],
      ["Operator", it.operator, it.operator_dataset],
      ["Capacity", capacity(it), it.capacity_dataset],
      ["Panels", panels],
      ["Energy in a year", known(it.energy_mwh, (mwh) => `${most}${text.number(mwh)} MWh`)],
      ["Outline", outline, it.geometry_dataset],
      ["Installed", text.years(it.installed_from, it.installed_to), it.installed_dataset],
      ["Technology", [it.technology, it.mounting].filter((word) => word && word !== "unknown").join(", ")],
      ["Place", place],
      ["Coordinates", `${it.lat.toFixed(5)}, ${it.lon.toFixed(5)}`],
      ["Doubts", flags(it.quality_flags)],
      ["Licence", it.licence && `${it.licence}${doubt}`],
      ["Licences", it.licences && it.licences.length > 1 ? it.licences.join(", ") : null],
      ["Id", element("code", {}, it.id)],
    ]);
  }

  function record(each) {
    const dataset = data.meta.datasets[each.d];
    const row = each.source_row === undefined ? "" : `, row ${each.source_row}`;
    const doi = each.doi || dataset.doi;
    const source = doi ? text.doi(doi) : dataset.url ? text.link(dataset.url, dataset.url) : null;
    const shape = each.geometry_kind === "point" ? "position" : known(each.area_m2, text.area);
    const id = element("code", {}, each.source_id ?? each.id);
    const heading = element("h4", {}, dataset.label || dataset.key, " ", id);
    const list = descriptions([
      ["Dataset", dataset.title || dataset.key],
      ["Name", each.name],
      ["Operator", each.operator],
      ["Status", each.status === "unknown" ? null : each.status],
      ["Capacity", capacity(each)],
      ["Outline", shape],
      ["Stated area", known(each.source_area_m2, text.area)],
      ["Installed", text.years(each.installed_from, each.installed_to)],
      ["Doubts", flags(each.quality_flags)],
      ["Licence", each.licence],
      ["Published", source],
      ["File", each.source_file && each.source_file + row],
      ["Record", element("code", {}, each.id)],
    ]);
    return element("li", { "data-record": each.id }, heading, list);
  }

  // What was measured of a pair, in the order of its weight.
  function measures(pair) {
    const names = pair.shared_identifiers;
    return [
      known(pair.iou, (value) => `overlap (IoU) ${text.number(value, 2)}`),
      known(pair.share_of_smaller, (value) => `${text.percent(value)} of the smaller shared`),
      known(pair.distance_m, (value) => `${text.metres(value)} apart`),
      known(pair.area_ratio, (value) => `areas ${text.number(value, 2)}`),
      known(pair.capacity_ratio, (value) => `capacities ${text.number(value, 2)}`),
      known(pair.name_similarity, (value) => `names ${text.number(value, 2)}`),
      known(pair.match_probability, (value) => `probability ${text.percent(value)}`),
      names && names.length ? `same ${[].concat(names).map(text.words).join(", ")}` : null,
    ].filter(Boolean).join(" · ");
  }

  function pairRow(pair, records) {
    const ends = [pair.a, pair.b].map((id) => element("div", {}, recordLabel(id, records)));
    const reason = String(pair.reason ?? "").replace(/^[a-z]+(_[a-z]+)+/, text.words); // it begins with the match rule
    return element(
      "tr",
      { "data-pair": `${pair.a} ${pair.b}`, "data-joined": pair.is_joined },
      element("th", { scope: "row" }, ...ends),
      element("td", {}, pair.is_joined ? "same" : "apart"),
      element("td", {}, element("p", {}, reason), element("p", { class: "muted" }, measures(pair))),
    );
  }

  // Dataset and id of a record; that of another installation opens it.
  function recordLabel(id, records) {
    const own = records.find((each) => each.id === id);
    if (!own) return element("button", { type: "button", class: "link", onclick: () => openRecord(id) }, String(id));
    const dataset = data.meta.datasets[own.d];
    return `${dataset.label || dataset.key} ${own.source_id ?? own.id}`;
  }

  async function openRecord(id) {
    const [number] = await data.numbersOf(id);
    if (number === undefined) eoPv.problem(`${id} is of no installation on this map.`);
    else await eoPv.view.select(number);
  }

  function pairs(it) {
    if (!it.pairs || !it.pairs.length) return element("p", {}, "No other record was near enough to be compared.");
    const headings = ["Records", "Verdict", "Evidence"].map((name) => element("th", { scope: "col" }, name));
    const head = element("thead", {}, element("tr", {}, ...headings));
    const body = element("tbody");
    const caption = element("caption", {}, "Why its records are the same installation, and its neighbours are not");
    fillSlowly(body, it.pairs.map((pair) => () => pairRow(pair, it.records)), "pairs");
    const region = { class: "wide", tabindex: "0", role: "region", "aria-label": "Evidence of each pair" };
    return element("div", region, element("table", { class: "pairs" }, caption, head, body));
  }

  function records(it) {
    const list = element("ol", { class: "records" });
    fillSlowly(list, it.records.map((each) => () => record(each)), "records");
    return list;
  }

  // The first entries, and a button for the others.
  function fillSlowly(parent, makers, noun) {
    parent.append(...makers.slice(0, MANY).map((make) => make()));
    if (makers.length <= MANY) return;
    const cell = parent.tagName === "TBODY" ? element("tr", {}, element("td", { colspan: 3 })) : element("li");
    const show = () => {
      cell.remove();
      parent.append(...makers.slice(MANY).map((make) => make()));
    };
    const button = element("button", { type: "button", onclick: show }, `Show all ${makers.length} ${noun}`);
    (cell.firstElementChild || cell).append(button);
    parent.append(cell);
  }

  function actions(it) {
    const [lat, lon] = [it.lat.toFixed(5), it.lon.toFixed(5)];
    const place = `https://www.openstreetmap.org/?mlat=${lat}&mlon=${lon}#map=16/${lat}/${lon}`;
    const map = text.link(place, "OpenStreetMap ↗");
    map.id = "details-osm";
    const button = (id, label, onclick) => element("button", { type: "button", id, onclick }, label);
    const zoomTo = button("details-zoom", "Zoom to", () => eoPv.view.zoomTo(it));
    const copy = button("details-copy", "Copy link", copyLink);
    return element("p", { class: "actions" }, zoomTo, copy, map, element("output", { id: "details-said" }));
  }

  // The address of what is shown; where there is no clipboard, as a text to copy.
  async function copyLink() {
    const said = document.getElementById("details-said");
    try {
      await navigator.clipboard.writeText(state.address());
      said.replaceChildren("Copied");
    } catch {
      const attributes = { readonly: "", "aria-label": "Link to this installation", value: state.address() };
      const field = element("input", attributes);
      said.replaceChildren(field);
      field.select();
    }
  }

  function draw(it) {
    const banner = element("p", { class: "banner" }, "Synthetic: made up for the samples, no real installation.");
    const title = text.line(it.name || `Unnamed installation, ${text.country(it.country)}`);
    document.getElementById("details-title").textContent = title;
    content().replaceChildren(
      ...(it.is_synthetic ? [banner] : []),
      actions(it),
      properties(it),
      element("h3", {}, text.plural(it.records.length, "record")),
      records(it),
      element("h3", {}, "Evidence of each pair"),
      pairs(it),
    );
    panel().scrollTop = 0;
  }

  const details = {
    current: () => open,

    // Show installation i; the promise gives its details.
    async show(i, { focus = false } = {}) {
      const it = await data.installation(i);
      open = { number: i, installation: it };
      if (panel().hidden) opener = document.activeElement;
      panel().hidden = false;
      document.body.dataset.details = "open";
      draw(it);
      panel().dataset.installation = it.id;
      if (focus) document.getElementById("details-title").focus();
      return it;
    },

    hide() {
      if (panel().hidden) return;
      open = null;
      const hadFocus = panel().contains(document.activeElement);
      panel().hidden = true;
      delete document.body.dataset.details;
      if (hadFocus && opener && opener.isConnected) opener.focus();
    },

    start() {
      const close = () => state.change({ selected: "" });
      document.getElementById("details-close").addEventListener("click", close);
      panel().addEventListener("keydown", (event) => event.key === "Escape" && close());
    },
  };

  eoPv.details = details;
})();
