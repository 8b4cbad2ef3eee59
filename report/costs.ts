import { groupBy } from "../platform/group-by.ts";
import type { Cost, CostLine } from "../plan/model/effects.ts";
import type { Plan } from "../plan/model/plan.ts";
import { costsOf, describeCosts, formatUsd, sumOf } from "../proofs/evaluation/costs.ts";
import { type Html, html } from "./html.ts";

/** What an environment costs in a month, by layer and pool, and item by item when unfolded. */
export function costSection(plan: Plan): Html {
  const costs = costsOf(plan);
  const groups = [...groupBy(costs.lines, ({ layer, pool }) => [layer, pool].filter(Boolean).join(" "))];
  return html`<section id="${plan.environment}-cost">
    <h3>Cost</h3>
    <p class="quiet">${describeCosts(costs)}</p>
    <div class="scroll" tabindex="0" role="region" aria-label="Cost of ${plan.environment}">
      <table>
        <thead>
          <tr>
            <th>layer and pool</th>
            <th>minimum</th>
            <th>expected</th>
            <th>maximum</th>
            <th>of which</th>
          </tr>
        </thead>
        <tbody>
          ${groups.map(([name, lines]) => row(name, sumOf(lines), itemsOf(lines)))} ${row("sum", costs.total, html``)}
          ${costs.unpriced.map(
            ({ resource, reason }) =>
              html`<tr>
                <th scope="row">${resource}</th>
                <td class="bad" colspan="3">unpriced</td>
                <td>${reason}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <details>
      <summary>types that cost nothing</summary>
      <ul>
        ${plan.billing.free.map(({ type, reason, count }) => html`<li>${count} <code>${type}</code>: ${reason}</li>`)}
      </ul>
    </details>
  </section>`;
}

const row = (name: string, { min, expected, max }: Cost, items: Html): Html =>
  html`<tr>
    <th scope="row">${name}</th>
    <td>${formatUsd(min)}</td>
    <td>${formatUsd(expected)}</td>
    <td>${formatUsd(max)}</td>
    <td>${items}</td>
  </tr>`;

const itemsOf = (lines: readonly CostLine[]): Html =>
  html`<details>
    <summary>${lines.length} items</summary>
    <ul>
      ${lines.map(
        ({ item, expected, estimates }) =>
          html`<li>${item}: ${formatUsd(expected)}${estimates.length > 0 ? ` (${estimates.join("; ")})` : ""}</li>`,
      )}
    </ul>
  </details>`;
