import type { Loss, ShortWorkload } from "../proofs/evaluation/losses.ts";
import { type Html, html } from "./html.ts";
import type { Shown } from "./shown.ts";

/** The loss that stops most workloads, or else the one that leaves most of them short; undefined if there is none. */
export const worstOf = (losses: readonly Loss[]): Loss | undefined =>
  losses.toSorted((one, other) => stopped(other) - stopped(one) || other.short.length - one.short.length)[0];

/** How many workloads have no pod left. */
export const stopped = ({ short }: Loss): number => short.filter(({ running }) => running === 0).length;

export const describeShort = (name: string, { running, minimum }: ShortWorkload): Html =>
  running === 0
    ? html`<b class="bad">${name} stops</b>`
    : html`<span class="warn">${name}: ${running} of ${minimum} pods</span>`;

/** What fails together, and what that leaves. */
export function lossesSection({ plan, losses }: Shown): Html {
  return html`<section id="${plan.environment}-losses">
    <h3>If nodes are lost</h3>
    <p class="quiet">
      At minimum replicas, with all nodes that the autoscaler may add elsewhere. A pod whose volume is in a lost zone
      waits for the zone.
    </p>
    ${losses.length === 0 ? html`<p>The nodes show no zones and have no GPUs: they are one failure domain.</p>` : undefined}
    <dl>
      ${losses.map(
        ({ zone, short }) =>
          html`<dt>${zone ?? "GPU nodes"}</dt>
            <dd>
              ${
                short.length === 0
                  ? html`<span class="good">every workload keeps its minimum</span>`
                  : html`<ul>
                      ${short.map((each) => html`<li>${describeShort(each.source, each)}</li>`)}
                    </ul>`
              }
            </dd>`,
      )}
      ${databaseRow(plan.database?.standby)}
    </dl>
  </section>`;
}

/** Only a managed server: pods of an operator are among the workloads. */
const databaseRow = (standby: boolean | undefined): Html =>
  standby === undefined
    ? html``
    : html`<dt>the Postgres server</dt>
        <dd>
          ${standby ? html`<span class="good">a standby takes over</span>` : html`<b class="bad">no standby: it is restored from a backup</b>`}
        </dd>`;
