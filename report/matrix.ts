import { groupBy } from "../platform/group-by.ts";
import type { Plan } from "../plan/model/plan.ts";
import { type Cell, connectivity } from "../proofs/require-connectivity.ts";
import { type Html, html } from "./html.ts";

/** Which connections policies allow. Rows and columns without one are left out. */
export function matrixSection(plan: Plan, cells: readonly Cell[] = connectivity(plan)): Html {
  const pairs = groupBy(cells, ({ from, to }) => pairOf(from, to));
  const wrong = cells.filter(({ allowed, expected }) => allowed !== expected);
  const rows = [...new Set(cells.map(({ from }) => from))].toSorted();
  const columns = [...new Set(cells.map(({ to }) => to))].toSorted();
  return html`<section>
    <h3>Connectivity</h3>
    <p class="quiet">
      ${cells.filter(({ allowed }) => allowed).length} connections
      open${wrong.length > 0 ? `, ${wrong.length} not as expected` : ", all as expected"}. Ports are TCP; everything may
      use DNS.
    </p>
    <div class="scroll">
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
