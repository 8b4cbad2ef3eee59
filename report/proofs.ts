import { count } from "../platform/count.ts";
import type { Finding } from "../plan/model/plan.ts";
import { folded } from "./folded.ts";
import { type Html, html } from "./html.ts";
import type { Shown } from "./shown.ts";
import { linesOf, verdictOf } from "./verdict.ts";

/** What is not judged is neither good nor bad. */
const colors = { fails: "bad", holds: "good", "not judged": "quiet" } as const;

/** What fails, and why: nothing where all proofs hold. */
export function failuresSection({ findings }: Shown): Html {
  const failed = findings.filter((finding) => verdictOf(finding) === "fails");
  if (failed.length === 0) return html``;
  return html`<section class="failures">
    <h3>${count(failed.length, "proof fails", "proofs fail")}</h3>
    ${failed.map((finding) => proof(finding, true))}
  </section>`;
}

/** The other proofs with their evidence and exceptions. */
export function proofsSection({ plan, findings }: Shown): Html {
  const others = findings.filter((finding) => verdictOf(finding) !== "fails");
  return html`<section id="${plan.environment}-proofs">
    <h3>Proofs</h3>
    ${others.map((finding) => proof(finding, false))}
  </section>`;
}

function proof(finding: Finding, open: boolean): Html {
  const verdict = verdictOf(finding);
  const excepted = finding.excepted?.length ?? 0;
  return folded(
    html`<span class="${colors[verdict]}">${verdict}</span> <code>${finding.proof}</code> ${finding.claim}
      ${excepted > 0 ? html`<span class="warn">${count(excepted, "exception")}</span>` : undefined}`,
    html`<ul>
      ${linesOf(finding).map((line) => html`<li>${line}</li>`)}
    </ul>`,
    open,
  );
}
