// Facts of the run that made this folder, out of run.js: when, with which commit, when each source was last asked, and
// what changed since the build before. They differ from run to run, so that the page itself does not hold them.
"use strict";

(() => {
  const number = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

  function element(name, text) {
    const made = document.createElement(name);
    made.textContent = text;
    return made;
  }

  function day(time) {
    return time.slice(0, 10);
  }

  function showRun(facts) {
    const commit = facts.commit ? `, commit ${facts.commit}` : "";
    const time = element("time", `${day(facts.written_at)} ${facts.written_at.slice(11, 16)} UTC`);
    time.dateTime = facts.written_at;
    document.getElementById("run-line").append("; run of ", time, `, eo-pv ${facts.version}${commit}`);
  }

  function showAsked(asked) {
    for (const cell of document.querySelectorAll("[data-asked]")) {
      const time = asked[cell.dataset.asked];
      if (time) cell.textContent = day(time);
    }
  }

  function difference(before, now) {
    const sign = now > before ? "+" : "\u2212";
    return `${number.format(before)} \u2192 ${number.format(now)} (${sign}${number.format(Math.abs(now - before))})`;
  }

  // What has changed of a dataset.
  function datasetChanges(row) {
    return [["installations", "installations"], ["only_here", "only here"]]
      .map(([name, label]) => [label, row[`${name}_before`] ?? 0, row[`${name}_now`] ?? 0])
      .filter(([, before, now]) => before !== now)
      .map(([label, before, now]) => `${label} ${difference(before, now)}`);
  }

  // The sentences of the changes, most general first.
  function sentences(changes) {
    const datasets = changes.datasets.map((row) => `${row.name}: ${datasetChanges(row).join(", ")}`);
    return [
      ...changes.added.map((key) => `${key} is new`),
      ...changes.removed.map((key) => `${key} is gone`),
      ...changes.totals.map((row) => `${row.name}: ${difference(row.before ?? 0, row.now ?? 0)}`),
      ...datasets,
    ];
  }

  function showChanges(changes) {
    const place = document.getElementById("change-list");
    if (!changes) {
      place.replaceChildren(element("p", "No other build is known: this is the first one in this folder."));
      return;
    }
    const list = document.createElement("ul");
    list.append(...sentences(changes).map((text) => element("li", text)));
    const none = element("p", "The build before had the same installations, capacity and area.");
    place.replaceChildren(list.childElementCount ? list : none);
  }

  function showMissing() {
    const text = "The file run.js is not in this folder: run `eo-pv report` to write it.";
    document.getElementById("change-list").replaceChildren(element("p", text));
  }

  async function show() {
    const facts = await loadJson("run");
    showRun(facts);
    showAsked(facts.asked);
    showChanges(facts.changes);
  }

  // On paper, nobody can open the warnings.
  function openWarnings() {
    for (const warnings of document.querySelectorAll(".problems")) warnings.open = true;
  }

  window.addEventListener("beforeprint", openWarnings);
  // What tests wait for.
  window.eoPvFacts = show().catch(showMissing);
})();
