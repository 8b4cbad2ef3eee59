import type { Finding, Plan } from "../plan/model/plan.ts";
import type { Cell } from "../proofs/require-connectivity.ts";
import { capacitySection } from "./capacity.ts";
import { describeThroughput, throughputOf } from "../proofs/evaluation/throughput.ts";
import { costSection } from "./costs.ts";
import { drawingSection } from "./drawing.ts";
import { type Html, html } from "./html.ts";
import { matrixSection } from "./matrix.ts";
import { style } from "./style.ts";
import { linesOf, verdictOf } from "./verdict.ts";

/** A plan with what was proved of it. */
export interface ProvedPlan {
  readonly plan: Plan;
  readonly findings: readonly Finding[];
  /** Which connections its policies allow. @default - computed */
  readonly connectivity?: readonly Cell[];
}

/** Plans as one HTML page that needs no network. */
export function page(shown: readonly ProvedPlan[]): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
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
          <nav>
            ${shown.map(({ plan, findings }) => html`<a href="#${plan.environment}" class="${holds(findings) ? "good" : "bad"}">${plan.environment}</a>`)}
          </nav>
        </header>
        ${shown.map(environmentSection)}
      </body>
    </html>`.text;
}

const holds = (findings: readonly Finding[]): boolean => findings.every(({ failures }) => failures.length === 0);

function environmentSection({ plan, findings, connectivity }: ProvedPlan): Html {
  const { environment, cloud, kubernetesVersion, resources, objects } = plan;
  return html`<article id="${environment}">
    <h2>${environment}</h2>
    <p class="quiet">
      ${cloud}, Kubernetes ${kubernetesVersion} · ${resources.length} cloud resources · ${objects.length} objects ·
      <b class="${holds(findings) ? "good" : "bad"}"
        >${holds(findings) ? "everything holds" : "something does not hold"}</b
      >
    </p>
    ${drawingSection(plan)} ${proofsSection(findings)} ${capacitySection(plan)} ${throughputSection(plan)}
    ${costSection(plan)} ${matrixSection(plan, connectivity)} ${fallbacksSection(plan)}
  </article>`;
}

/** What the environment carries at its most replicas, and what to raise for more. */
function throughputSection(plan: Plan): Html {
  const [first = "", ...targets] = describeThroughput(throughputOf(plan));
  return html`<section>
    <h3>Throughput</h3>
    <p class="quiet">${first}</p>
    <ul>
      ${targets.map((line) => html`<li>${line}</li>`)}
    </ul>
  </section>`;
}

/** What is not judged is neither good nor bad. */
const colors = { fails: "bad", holds: "good", "not judged": "quiet" } as const;

function proofsSection(findings: readonly Finding[]): Html {
  return html`<section>
    <h3>Proofs</h3>
    ${findings.map((finding) => {
      const verdict = verdictOf(finding);
      return folded(
        html`<span class="${colors[verdict]}">${verdict}</span> <code>${finding.proof}</code> ${finding.claim}`,
        html`<ul>
          ${linesOf(finding).map((line) => html`<li>${line}</li>`)}
        </ul>`,
        verdict === "fails",
      );
    })}
  </section>`;
}

function folded(summary: Html, content: Html, open: boolean): Html {
  return open
    ? html`<details open>
        <summary>${summary}</summary>
        ${content}
      </details>`
    : html`<details>
        <summary>${summary}</summary>
        ${content}
      </details>`;
}

function fallbacksSection({ fallbacks }: Plan): Html {
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
