import { groupBy } from "../platform/group-by.ts";
import type { Cell } from "../proofs/require-connectivity.ts";
import { type Html, html } from "./html.ts";
import type { Shown } from "./shown.ts";

/** Which connections policies allow. Rows and columns without one are left out. The page's script filters them. */
export function matrixSection({ plan: { environment }, connectivity: cells }: Shown): Html {
  const pairs = groupBy(cells, ({ from, to }) => pairOf(from, to));
  const wrong = cells.filter(({ allowed, expected }) => allowed !== expected);
  const rows = [...new Set(cells.map(({ from }) => from))].toSorted();
  const columns = [...new Set(cells.map(({ to }) => to))].toSorted();
  return html`<section id="${environment}-connectivity">
    <h3>Connectivity</h3>
    <p class="quiet">
      ${cells.filter(({ allowed }) => allowed).length} connections
      open${wrong.length > 0 ? `, ${wrong.length} not as expected` : ", all as expected"}. Ports are TCP unless they say
      UDP; everything may use DNS.
    </p>
    <form class="filter" hidden>
      <label>From <input name="from" type="search" /></label>
      <label>To <input name="to" type="search" /></label>
      <label
        >Show
        <select name="show">
          <option value="all">all open</option>
          <option value="bad">not as expected</option>
        </select></label
      >
      <span class="quiet" role="status"></span>
    </form>
    <div class="scroll" tabindex="0" role="region" aria-label="Connections of ${environment}">
      <table class="matrix">
        <thead>
          <tr>
            <th>from \\ to</th>
            ${columns.map((to) => html`<th><span>${to}</span></th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (from) =>
              html`<tr>
                <th scope="row">${from}</th>
                ${columns.map((to) => portsCell(pairs.get(pairOf(from, to)) ?? []))}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

const pairOf = (from: string, to: string): string => JSON.stringify([from, to]);

function portsCell(cells: readonly Cell[]): Html {
  const state = cells.some(({ allowed, expected }) => allowed !== expected) ? "bad" : cells.length > 0 ? "open" : "";
  return html`<td class="${state}">
    ${cells.map(({ ports, protocol }) => (protocol === "UDP" ? `${ports}/UDP` : ports)).join(" ")}
  </td>`;
}
