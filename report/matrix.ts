import type { Plan } from "../plan/model/plan.ts";
import { reachability, type Reach } from "../proofs/require-declared-reach.ts";
import { type Html, html } from "./html.ts";

/** Who reaches whom: the policies, evaluated. Rows and columns without an open connection are left out. */
export function matrixSection(plan: Plan): Html {
  const cells = reachability(plan);
  const wrong = cells.filter(({ allowed, declared }) => allowed !== declared);
  const shown = cells.filter(({ allowed, declared }) => allowed || declared);
  const rows = [...new Set(shown.map(({ from }) => from))].toSorted();
  const columns = [...new Set(shown.map(({ to }) => to))].toSorted();
  return html`<section>
    <h3>Who reaches whom</h3>
    <p class="quiet">
      ${cells.length} connections judged, ${cells.filter(({ allowed }) => allowed).length}
      open${wrong.length > 0 ? `, ${wrong.length} not as declared` : ", all as declared"}. Ports are TCP; everything may
      ask for names.
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
                ${columns.map((to) => portsCell(shown.filter((each) => each.from === from && each.to === to)))}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

function portsCell(cells: readonly Reach[]): Html {
  const state = cells.some(({ allowed, declared }) => allowed !== declared) ? "bad" : cells.length > 0 ? "open" : "";
  return html`<td class="${state}">${cells.map(({ port }) => port).join(" ")}</td>`;
}
