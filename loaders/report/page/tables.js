// Tables that can be sorted by a button in each heading, and the measure that the overlap matrix shows.
"use strict";

(() => {
  const MEASURES = ["matched", "share", "iou", "area", "capacity"]; // in the order of data-shades

  // The value of a cell: a number where data-value has one, else its text.
  function valueOf(row, column) {
    const cell = row.cells[column];
    const text = cell.dataset.value ?? cell.textContent.trim();
    return text !== "" && !Number.isNaN(Number(text)) ? Number(text) : text;
  }

  function compare(a, b) {
    if (typeof a === "number" && typeof b === "number") return a - b;
    return String(a).localeCompare(String(b), "en");
  }

  // Numbers start with the largest, texts with the first letter; a second click reverses.
  function sort(table, heading) {
    const column = heading.cellIndex;
    const first = heading.classList.contains("number") ? "descending" : "ascending";
    const other = first === "ascending" ? "descending" : "ascending";
    const direction = heading.getAttribute("aria-sort") === first ? other : first;
    for (const each of table.tHead.rows[0].cells) each.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", direction);
    const sign = direction === "ascending" ? 1 : -1;
    const rows = [...table.tBodies[0].rows];
    rows.sort((a, b) => sign * compare(valueOf(a, column), valueOf(b, column)));
    table.tBodies[0].append(...rows);
  }

  function makeSortable(table) {
    for (const heading of table.tHead.rows[0].cells) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = heading.textContent;
      button.title = "Sort by this column";
      button.addEventListener("click", () => sort(table, heading));
      heading.replaceChildren(button);
    }
  }

  // Shows one measure in every cell of the matrix.
  function showMeasure(matrix, measure) {
    const index = MEASURES.indexOf(measure);
    for (const cell of matrix.querySelectorAll("td")) {
      cell.textContent = cell.dataset[measure];
      cell.className = cell.className.replace(/shade-\d/, `shade-${cell.dataset.shades.split(" ")[index]}`);
    }
  }

  for (const table of document.querySelectorAll("table.sortable")) makeSortable(table);
  const select = document.getElementById("measure");
  select.addEventListener("change", () => showMeasure(document.getElementById("matrix"), select.value));
  showMeasure(document.getElementById("matrix"), select.value); // a browser may keep a choice when the page is loaded again
})();
