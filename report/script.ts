import { createHash } from "node:crypto";
import { Html } from "./html.ts";

/**
 * Filters the tables of connections, whose forms are hidden without it, and unfolds what a link leads to. It is the only script of
 * the page.
 */
const text = `
function unfold() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let each = target; each; each = each.parentElement) if (each.tagName === "DETAILS") each.open = true;
  target?.scrollIntoView();
}
addEventListener("hashchange", unfold);
unfold();
for (const form of document.querySelectorAll("form.filter")) {
  const table = form.parentElement.querySelector("table");
  const [columns, rows] = [[...table.tHead.rows[0].cells].slice(1), [...table.tBodies[0].rows]];
  const status = form.querySelector("[role=status]");
  const apply = () => {
    const value = (name) => form.elements[name].value.trim().toLowerCase();
    const named = (cell, text) => cell.textContent.trim().toLowerCase().includes(text);
    const meant = (cell) => cell.textContent.trim() !== "" && (value("show") === "all" || cell.className === "bad");
    const wanted = columns.map((cell) => named(cell, value("to")));
    const used = columns.map(() => false);
    let shown = 0;
    for (const row of rows) {
      const cells = [...row.cells].slice(1);
      const hits = named(row.cells[0], value("from")) ? cells.map((cell, index) => wanted[index] && meant(cell)) : [];
      row.hidden = !hits.includes(true);
      hits.forEach((hit, index) => { used[index] ||= hit; shown += hit ? 1 : 0; });
    }
    columns.forEach((cell, index) => { cell.hidden = !used[index]; });
    for (const row of rows) [...row.cells].slice(1).forEach((cell, index) => { cell.hidden = !used[index]; });
    status.textContent = shown + (shown === 1 ? " pair" : " pairs");
  };
  form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  apply();
}
`;

export const script = new Html(`<script>${text}</script>`);

/** As a content security policy names it. */
export const scriptDigest = `sha256-${createHash("sha256").update(text).digest("base64")}`;
