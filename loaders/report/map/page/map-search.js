// Search: part of a name, an id of an installation, a record or a publisher, or "latitude, longitude".
"use strict";

(() => {
  const eoPv = (window.eoPv = window.eoPv || {});
  const { data, text } = eoPv;
  const { element } = text;
  const MOST = 12; // results
  const PAUSE_MS = 120; // after the last key
  const COORDINATES = /^\s*(-?\d{1,2}(?:\.\d+)?)\s*°?\s*[,;\s]\s*(-?\d{1,3}(?:\.\d+)?)\s*°?\s*$/;
  const field = () => document.getElementById("search");
  const list = () => document.getElementById("search-results");
  let results = []; // {label, note, go}
  let active = -1;
  let asked = 0; // number of the last question, so that late answers are dropped
  let timer = 0;
  let isStale = true; // whether the results are of an earlier question

  async function find(question) {
    const place = coordinates(question);
    const found = [...(place ? [place] : []), ...(await byId(question))];
    const named = question.length > 1 ? await byName(question, MOST - found.length) : [];
    return [...found, ...named];
  }

  function coordinates(question) {
    const match = COORDINATES.exec(question);
    if (!match) return null;
    const [lat, lon] = [Number(match[1]), Number(match[2])];
    if (Math.abs(lat) > 90 || Math.abs(lon) > 180) return null;
    return { label: `${lat}, ${lon}`, note: "coordinates", go: () => eoPv.view.goTo(lat, lon) };
  }

  async function byId(question) {
    const numbers = await data.numbersOf(question);
    return Promise.all(numbers.map(async (number) => {
      const { id, name } = await data.installation(number);
      return { label: question, note: name || id, go: () => eoPv.view.select(number) };
    }));
  }

  // Names that begin with the question first, then those that hold it.
  async function byName(question, most) {
    const { names, folded } = await data.names();
    const wanted = data.fold(question);
    const starting = [];
    const holding = [];
    for (let i = 0; i < folded.length && starting.length < most; i++) {
      if (!folded[i]) continue;
      const place = folded[i].indexOf(wanted);
      if (place === 0) starting.push(i);
      else if (place > 0 && holding.length < most) holding.push(i);
    }
    await data.needColumns(["country", "size_mw"]);
    return [...starting, ...holding].slice(0, most).map((i) => {
      const country = text.country(data.meta.countries[data.columns.country[i]]);
      const size = data.columns.size_mw[i];
      const note = Number.isNaN(size) ? country : `${country}, ${text.megawatt(size)}`;
      return { label: names[i], note, go: () => eoPv.view.select(i) };
    });
  }

  async function ask() {
    const question = field().value.trim();
    const number = ++asked;
    isStale = false;
    if (!question) return hide();
    const found = await find(question).catch((error) => [{ label: error.message, note: "", go: () => {} }]);
    if (number === asked) show(found, question);
    return undefined;
  }

  function show(found, question) {
    results = found;
    active = -1;
    const options = found.map(({ label, note }, k) => {
      const role = { role: "option", id: `search-result-${k}`, "aria-selected": "false" };
      const option = element("li", role, element("span", {}, label), " ", element("span", { class: "muted" }, note));
      option.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        choose(k);
      });
      return option;
    });
    const advice = `Nothing is called “${question}”. Try a part of a name, an id, or “51.5, 10.2”.`;
    const nothing = element("li", { class: "muted", role: "presentation" }, advice);
    list().replaceChildren(...(options.length ? options : [nothing]));
    list().hidden = false;
    field().setAttribute("aria-expanded", "true");
    field().removeAttribute("aria-activedescendant");
    const status = found.length ? text.plural(found.length, "result") : "No result";
    document.getElementById("search-status").textContent = status;
  }

  function hide() {
    list().hidden = true;
    results = [];
    field().setAttribute("aria-expanded", "false");
    field().removeAttribute("aria-activedescendant");
  }

  function mark(k) {
    active = k;
    [...list().children].forEach((option, each) => option.setAttribute("aria-selected", String(each === k)));
    field().setAttribute("aria-activedescendant", `search-result-${k}`);
    list().children[k].scrollIntoView({ block: "nearest" });
  }

  function choose(k) {
    const result = results[k];
    hide();
    if (result) result.go();
  }

  async function onKey(event) {
    const last = results.length - 1;
    if (event.key === "ArrowDown" && last >= 0) mark(active < last ? active + 1 : 0);
    else if (event.key === "ArrowUp" && last >= 0) mark(active > 0 ? active - 1 : last);
    else if (event.key === "Escape") hide();
    else if (event.key === "Enter") {
      event.preventDefault();
      clearTimeout(timer);
      if (isStale || !results.length) await ask();
      choose(Math.max(active, 0));
      return;
    } else return;
    event.preventDefault();
  }

  eoPv.search = {
    find,

    start() {
      field().addEventListener("focus", () => data.names().catch(() => {}));
      field().addEventListener("input", () => {
        isStale = true;
        clearTimeout(timer);
        timer = setTimeout(ask, PAUSE_MS);
      });
      field().addEventListener("keydown", onKey);
      field().addEventListener("blur", hide);
    },
  };
})();
