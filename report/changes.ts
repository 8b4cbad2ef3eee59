import { groupBy } from "../platform/group-by.ts";
import type { ThingChange } from "../plan/model/changes.ts";
import { showValue, signs, summary } from "./difference.ts";
import { folded } from "./folded.ts";
import { type Html, html } from "./html.ts";
import type { Shown } from "./shown.ts";
import { describeSteps } from "./steps.ts";

/** Longer groups are folded. */
const MANY = 20;

/** What differs from what is deployed: what that means, what `pulumi up` does, and every value. */
export function changesSection({ plan, difference }: Shown): Html {
  if (!plan.changes) return html``;
  const { consequences, changes } = difference ?? { consequences: [], changes: [] };
  const [heading, ...steps] = describeSteps(plan.changes);
  return html`<section id="${plan.environment}-changes">
    <h3>Changes</h3>
    <p class="quiet">
      Compared with what is deployed: ${difference ? summary(changes) : "only its cloud resources are known"}.
    </p>
    ${groups(consequences)}
    ${
      heading === undefined
        ? undefined
        : folded(html`${heading}`, html`<pre tabindex="0">${steps.join("\n")}</pre>`, steps.length <= MANY)
    }
    ${groups(changes)}
  </section>`;
}

const groups = (things: readonly ThingChange[]): Html[] =>
  [...groupBy(things, ({ kind }) => kind)].map(([kind, same]) =>
    folded(
      html`${kind}: ${summary(same)}`,
      html`<ul class="changes">
        ${same.map(thing)}
      </ul>`,
      same.length <= MANY,
    ),
  );

const thing = ({ change, name, changes }: ThingChange): Html =>
  html`<li class="${change}">
    <b>${signs[change]}</b> ${name}
    ${changes.map(({ path, before, after }) => html`<div><code>${path}</code> ${showValue(before)} → ${showValue(after)}</div>`)}
  </li>`;
