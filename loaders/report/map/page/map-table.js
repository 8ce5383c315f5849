// The installations in view as a table: for the keyboard, for screen readers, and where there is no WebGL.
"use strict";

(() => {
  const eoPv = (window.eoPv = window.eoPv || {});
  const { data, text } = eoPv;
  const { element } = text;
  const ROWS = 200;
  const panel = () => document.getElementById("table");
  const toggle = () => document.getElementById("table-toggle");
  const value = (name, i) => data.columns[name][i];
  const category = (name, list, i) => data.meta[list][value(name, i)];
  let order = { name: "size", isDown: true };
  let asked = 0; // number of the last drawing, so that late ones are dropped

  // Heading, value to sort by, text to show.
  const COLUMNS = {
    name: { label: "Name", key: (i, names) => names[i] || null, show: (i, names) => names[i] || "without a name" },
    country: { label: "Country", key: countryOf, show: countryOf },
    size: number("Size", (i) => value("size_mw", i), text.megawatt),
    area: number("Area", (i) => value("area_m2", i), text.area),
    datasets: number("Datasets", (i) => value("dataset_count", i), String),
    year: number("Year", (i) => value("year", i) || NaN, (year) => (year ? String(year) : "unknown")),
    confidence: word("Confidence", (i) => category("confidence", "confidences", i)),
    status: word("Status", (i) => category("status", "statuses", i)),
  };
  const NEEDED = ["lon", "lat", "country", "size_mw", "area_m2", "dataset_count", "year", "confidence", "status"];

  function countryOf(i) {
    return text.country(category("country", "countries", i));
  }

  function number(label, key, format) {
    return { label, key, show: (i) => format(key(i)), isNumber: true };
  }

  function word(label, key) {
    return { label, key, show: key };
  }

  // The installations that the filters show, within the bounds; all of them without bounds.
  function inView(mask, bounds) {
    const [west, south, east, north] = bounds || [-Infinity, -90, Infinity, 90];
    const { lon, lat } = data.columns;
    const rows = [];
    for (let i = 0; i < mask.length; i++) {
      if (!mask[i] || lat[i] < south || lat[i] > north) continue;
      if (isBetween(lon[i], west, east)) rows.push(i);
    }
    return rows;
  }

  // Whether a longitude lies in a view that may cross the antimeridian.
  function isBetween(lon, west, east) {
    if (!(east - west < 360)) return true;
    return west + ((((lon - west) % 360) + 360) % 360) <= east;
  }

  // Those of many rows that can be among the first: sorting plain numbers takes a fraction of sorting rows.
  function candidates(rows, key) {
    const numbers = Float64Array.from(rows, key).filter((each) => !Number.isNaN(each)).sort();
    if (numbers.length <= ROWS) return rows;
    const limit = order.isDown ? numbers[numbers.length - ROWS] : numbers[ROWS - 1];
    return rows.filter((i) => (order.isDown ? key(i) >= limit : key(i) <= limit));
  }

  // The first rows in the order of the table; unknown values come last.
  function firstRows(rows, names) {
    const { key, isNumber } = COLUMNS[order.name];
    const keyed = (isNumber ? candidates(rows, key) : rows).map((i) => [key(i, names), i]);
    const isUnknown = (value) => value === null || value === undefined || Number.isNaN(value);
    const direction = order.isDown ? -1 : 1;
    const compare = isNumber ? (a, b) => a - b : (a, b) => (a < b ? -1 : Number(a > b));
    keyed.sort(([a, i], [b, j]) => isUnknown(a) - isUnknown(b) || direction * compare(a, b) || i - j);
    return keyed.slice(0, ROWS).map(([, i]) => i);
  }

  function row(i, names) {
    const cells = Object.entries(COLUMNS).map(([name, { show, isNumber }]) => {
      if (name !== "name") return element("td", { class: isNumber ? "number" : null }, show(i, names));
      const open = { type: "button", class: "link", "data-number": i, onclick: () => eoPv.view.select(i) };
      return element("th", { scope: "row" }, element("button", open, show(i, names)));
    });
    return element("tr", { "data-number": i }, ...cells);
  }

  function headings() {
    return Object.entries(COLUMNS).map(([name, { label, isNumber }]) => {
      const isChosen = name === order.name;
      const arrow = isChosen ? (order.isDown ? " ▼" : " ▲") : "";
      const action = { type: "button", class: "link", "data-sort": name, onclick: () => sortBy(name) };
      const button = element("button", action, label, element("span", { "aria-hidden": "true" }, arrow));
      const sort = isChosen ? (order.isDown ? "descending" : "ascending") : null;
      return element("th", { scope: "col", class: isNumber ? "number" : null, "aria-sort": sort }, button);
    });
  }

  // How to find the button of the table that has the focus, once it is drawn anew; null if none has.
  function focusedButton() {
    const { number, sort } = (panel().contains(document.activeElement) && document.activeElement.dataset) || {};
    if (sort) return `[data-sort="${sort}"]`;
    return number ? `button[data-number="${number}"]` : null;
  }

  function sortBy(name) {
    order = { name, isDown: name === order.name ? !order.isDown : Boolean(COLUMNS[name].isNumber) };
    table.update();
  }

  const table = {
    isOpen: () => !panel().hidden,

    // Draw the table again, if it is open.
    async update() {
      if (!table.isOpen()) return;
      const number = ++asked;
      const [{ names }, mask] = await Promise.all([data.names(), eoPv.view.mask(), data.needColumns(NEEDED)]);
      if (number !== asked) return;
      const rows = inView(mask, eoPv.view.bounds());
      const focused = focusedButton();
      document.getElementById("table-head").replaceChildren(element("tr", {}, ...headings()));
      document.getElementById("table-body").replaceChildren(...firstRows(rows, names).map((i) => row(i, names)));
      const part = rows.length > ROWS ? `, the first ${ROWS} of them in this order` : "";
      const where = eoPv.view.hasMap() ? " in view" : "";
      const caption = `${text.plural(rows.length, "installation")}${where}${part}`;
      document.getElementById("table-caption").textContent = caption;
      panel().dataset.count = rows.length;
      if (focused) (panel().querySelector(focused) || document.getElementById("table-close")).focus();
    },

    open(isOpen) {
      panel().hidden = !isOpen;
      toggle().setAttribute("aria-expanded", String(isOpen));
      return table.update();
    },

    start() {
      toggle().addEventListener("click", () => table.open(!table.isOpen()));
      document.getElementById("table-close").addEventListener("click", () => {
        table.open(false);
        toggle().focus();
      });
    },
  };

  eoPv.table = table;
})();
