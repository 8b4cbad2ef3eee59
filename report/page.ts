import { describeThroughput, throughputOf } from "../proofs/evaluation/throughput.ts";
import { capacitySection } from "./capacity.ts";
import { changesSection } from "./changes.ts";
import { costSection } from "./costs.ts";
import { drawingSection } from "./drawing.ts";
import { filesSection } from "./files.ts";
import { type Html, html } from "./html.ts";
import { lossesSection } from "./losses.ts";
import { matrixSection } from "./matrix.ts";
import { overview } from "./overview.ts";
import { failuresSection, proofsSection } from "./proofs.ts";
import { script, scriptDigest } from "./script.ts";
import { fails, type ProvedPlan, type Shown, toShown } from "./shown.ts";
import { style } from "./style.ts";

export type { ProvedPlan } from "./shown.ts";

/** Loads nothing: the style and the only script are in the page. */
const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src '${scriptDigest}'`;

/** Plans as one HTML page that needs no network. */
export function page(proved: readonly ProvedPlan[]): string {
  const shown = proved.map(toShown);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>PromptOps: ${shown.map(({ plan }) => plan.environment).join(", ")}</title>
        <style>
          ${style}
        </style>
      </head>
      <body>
        <header>
          <h1>PromptOps</h1>
          <nav aria-label="Environments">
            ${shown.map((each) => html`<a href="#${each.plan.environment}" class="${fails(each) ? "bad" : "good"}">${each.plan.environment}</a>`)}
          </nav>
        </header>
        <main>${overview(shown)} ${shown.map(environmentSection)}</main>
        ${script}
      </body>
    </html>`.text;
}

const sections = {
  losses: "If nodes are lost",
  cost: "Cost",
  capacity: "Capacity",
  connectivity: "Connectivity",
  proofs: "Proofs",
  files: "Objects and resources",
} as const;

function environmentSection(shown: Shown): Html {
  const { plan } = shown;
  const { environment, cloud, kubernetesVersion, resources, objects } = plan;
  const links = Object.entries({ ...(plan.changes && { changes: "Changes" }), ...sections });
  return html`<article id="${environment}">
    <h2>${environment}</h2>
    <p class="quiet">
      ${cloud}, Kubernetes ${kubernetesVersion} · ${resources.length} cloud resources · ${objects.length} objects ·
      <b class="${fails(shown) ? "bad" : "good"}">${fails(shown) ? "some proofs fail" : "no proof fails"}</b>
    </p>
    <nav aria-label="Sections of ${environment}">
      ${links.map(([id, title]) => html`<a href="#${environment}-${id}">${title}</a>`)}
    </nav>
    ${failuresSection(shown)} ${drawingSection(shown)} ${lossesSection(shown)} ${changesSection(shown)}
    ${costSection(plan)} ${capacitySection(plan)} ${matrixSection(shown)} ${proofsSection(shown)}
    ${throughputSection(shown)} ${fallbacksSection(shown)} ${filesSection(shown)}
  </article>`;
}

/** What the environment carries at its most replicas, and what to raise for more. */
function throughputSection({ plan }: Shown): Html {
  const [first = "", ...targets] = describeThroughput(throughputOf(plan));
  return html`<section>
    <h3>Throughput</h3>
    <p class="quiet">${first}</p>
    <ul>
      ${targets.map((line) => html`<li>${line}</li>`)}
    </ul>
  </section>`;
}

function fallbacksSection({ plan: { fallbacks } }: Shown): Html {
  if (fallbacks.length === 0) return html``;
  return html`<section>
    <h3>Preferences and fallbacks</h3>
    <dl>
      ${fallbacks.map(
        ({ preference, fallback }) =>
          html`<dt>${preference}</dt>
            <dd>${fallback}</dd>`,
      )}
    </dl>
  </section>`;
}
