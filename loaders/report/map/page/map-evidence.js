// Why records are the same installation, and others are not: the evidence of each pair, as `eo-pv why` says it.
"use strict";

(() => {
  const eoPv = (window.eoPv = window.eoPv || {});
  const { data, text } = eoPv;
  const { element, known } = text;

  // What was measured of a pair, in the order of its weight.
  function measures(pair) {
    const names = pair.shared_identifiers;
    return [
      known(pair.iou, (value) => `overlap (IoU) ${text.number(value, 2)}`),
      known(pair.share_of_smaller, (value) => `${text.percent(value)} of the smaller shared`),
      known(pair.distance_m, (value) => `${text.metres(value)} apart`),
      known(pair.area_ratio, (value) => `area ratio ${text.number(value, 2)}`),
      known(pair.capacity_ratio, (value) => `capacity ratio ${text.number(value, 2)}`),
      known(pair.name_similarity, (value) => `name similarity ${text.number(value, 2)}`),
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

  function table(it) {
    if (!it.pairs || !it.pairs.length) return element("p", {}, "No other record was near enough to be compared.");
    const headings = ["Records", "Verdict", "Evidence"].map((name) => element("th", { scope: "col" }, name));
    const head = element("thead", {}, element("tr", {}, ...headings));
    const body = element("tbody");
    const caption = element("caption", {}, "Why its records are the same installation, and its neighbours are not");
    text.fillSlowly(body, it.pairs.map((pair) => () => pairRow(pair, it.records)), "pairs");
    const region = { class: "wide", tabindex: "0", role: "region", "aria-label": "Evidence of each pair" };
    return element("div", region, element("table", { class: "pairs" }, caption, head, body));
  }

  eoPv.evidence = { table };
})();
