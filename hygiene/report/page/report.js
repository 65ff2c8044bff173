"use strict";
const FILTER_FROM = 8;

function figure(cell) {
  return cell.dataset.value === undefined ? null : Number(cell.dataset.value);
}

function compare(first, second) {
  const [a, b] = [figure(first), figure(second)];
  if (a !== null && b !== null) return a - b;
  if (a !== null || b !== null) return a === null ? -1 : 1;
  return first.textContent.localeCompare(second.textContent, "en", { numeric: true });
}

function sortable(table, header, place) {
  const button = document.createElement("button");
  button.type = "button";
  button.append(...header.childNodes);
  header.append(button);
  button.addEventListener("click", () => {
    const down = header.getAttribute("aria-sort") === "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", down ? "descending" : "ascending");
    const rows = [...table.tBodies[0].rows];
    rows.sort((a, b) => compare(a.cells[place], b.cells[place]) * (down ? -1 : 1));
    table.tBodies[0].append(...rows);
  });
}

function filterable(table) {
  const rows = [...table.tBodies[0].rows];
  const box = document.createElement("div");
  const label = document.createElement("label");
  const input = document.createElement("input");
  const told = document.createElement("output");
  box.className = "filter";
  input.type = "search";
  input.autocomplete = "off";
  input.setAttribute("aria-label", "Filter: " + table.caption.textContent);
  label.append("Filter ", input);
  box.append(label, told);
  table.parentElement.before(box);
  input.addEventListener("input", () => {
    const wanted = input.value.trim().toLowerCase();
    for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
    told.textContent = rows.filter((row) => !row.hidden).length + " of " + rows.length + " rows";
  });
}

for (const table of document.querySelectorAll("table.sortable")) {
  if (table.tBodies[0].rows.length > 1) {
    [...table.tHead.rows[0].cells].forEach((header, place) => {
      if (header.tagName === "TH") sortable(table, header, place);
    });
  }
  if (table.tBodies[0].rows.length >= FILTER_FROM) filterable(table);
}
