// The panel of one installation: its properties with their datasets, all its records, and what one can do with it.
"use strict";

(() => {
  const eoPv = (window.eoPv = window.eoPv || {});
  const { data, state, text } = eoPv;
  const { element, known } = text;
  const NO_LICENCE = "not stated";
  // How the capacity of the panels is known, as curated_pv_yield names it.
  const METHODS = {
    stated_dc: "as stated",
    stated_unknown: "as stated, AC or DC unknown",
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

  const basis = (name) => (name && name !== "unknown" ? ` ${name.toUpperCase()}` : "");
  const capacity = (each) => known(each.capacity_mw, (mw) => text.megawatt(mw) + basis(each.capacity_basis));
  const flags = (names) => (names && names.length ? names.map(text.words).join(", ") : null);

  function properties(it) {
    const place = element("span", {}, element("bdi", {}, text.country(it.country)));
    if (it.region) place.prepend(element("bdi", {}, it.region), ", ");
    const outline = it.geometry_kind === "point" ? "a position only, no outline" : known(it.area_m2, text.area);
    const method = METHODS[it.panel_capacity_method];
    const current = it.panel_capacity_method === "stated_unknown" ? "" : " DC";
    const panels = known(it.panel_capacity_mw, (mw) => `${text.megawatt(mw)}${current}${method ? `, ${method}` : ""}`);
    const most = it.energy_is_upper_bound ? "at most " : "";
    const inventories = `${text.plural(it.dataset_count, "dataset")}, ${it.independent_inventories} independent`;
    const isDoubted = it.licence_verified === false && it.licence !== NO_LICENCE;
    const doubt = isDoubted ? " (not verified at its source)" : "";
    return descriptions([
      ["Name", it.name, it.name_dataset],
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
    const id = known(each.source_id, (source) => element("code", {}, String(source)));
    const heading = element("h4", {}, eoPv.legend.stroke(each.d), dataset.label || dataset.key, id);
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

  function records(it) {
    const list = element("ol", { class: "records" });
    text.fillSlowly(list, it.records.map((each) => () => record(each)), "records");
    return list;
  }

  function actions(it) {
    const [lat, lon] = [it.lat.toFixed(5), it.lon.toFixed(5)];
    const place = `https://www.openstreetmap.org/?mlat=${lat}&mlon=${lon}#map=16/${lat}/${lon}`;
    const map = text.link(place, "OpenStreetMap ↗");
    map.id = "details-osm";
    const button = (id, label, onclick) => element("button", { type: "button", id, onclick }, label);
    const zoomTo = button("details-zoom", "Zoom to", () => eoPv.view.zoomTo(it));
    const copy = button("details-copy", "Copy link", copyLink);
    const sources = button("details-sources", "Outlines of its datasets", () => toggleSources(it));
    sources.setAttribute("aria-pressed", String(hasSources(it)));
    return element("p", { class: "actions" }, zoomTo, sources, copy, map, element("output", { id: "details-said" }));
  }

  const datasetsOf = (it) => [...new Set(it.records.map((each) => data.meta.datasets[each.d].key))];
  const hasSources = (it) => datasetsOf(it).every((key) => state.get().sources.includes(key));

  // Show the outlines as the datasets of an installation have them, near enough to see them; or none.
  function toggleSources(it) {
    const isShown = hasSources(it);
    document.getElementById("details-sources").setAttribute("aria-pressed", String(!isShown));
    state.change({ sources: isShown ? [] : datasetsOf(it) });
    if (!isShown) eoPv.view.zoomTo(it, eoPv.layers.sourceZoom());
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
      eoPv.evidence.table(it),
    );
    panel().scrollTop = 0;
  }

  // The focus goes back to what opened the panel; a row of the table may have been drawn anew, or be out of view.
  function focusAfter({ number }) {
    const row = document.querySelector(`#table button[data-number="${number}"]`);
    const place = opener && opener.isConnected && opener !== document.body ? opener : row;
    (place || document.getElementById("search")).focus();
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
      const hadFocus = panel().contains(document.activeElement);
      panel().hidden = true;
      delete document.body.dataset.details;
      if (hadFocus) focusAfter(open);
      open = null;
    },

    start() {
      eoPv.palette.onChange(() => open && draw(open.installation));
      const close = () => state.change({ selected: "" });
      document.getElementById("details-close").addEventListener("click", close);
      panel().addEventListener("keydown", (event) => event.key === "Escape" && close());
    },
  };

  eoPv.details = details;
})();
