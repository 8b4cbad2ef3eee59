import { describe, expect, test } from "vitest";
import { html } from "../../report/html.ts";
import { page } from "../../report/page.ts";
import { prove } from "../../proofs/index.ts";
import { costsOf, formatUsd } from "../../proofs/evaluation/costs.ts";
import { environmentNames } from "../environments.ts";
import { damageObject, planOf } from "../plans.ts";
import { withResource } from "../proofs/cloud.ts";

const plans = await Promise.all(environmentNames.map((name) => planOf(name)));
const text = page(plans.map((plan) => ({ plan, findings: prove(plan) })));
const production = await planOf("production");

describe("the report", () => {
  test("needs no network: it has no element that loads anything, and its policy forbids it", () => {
    expect(text).not.toMatch(/<link|<img|<iframe|<[^>]+ src=|@import|url\(/);
    expect(text).toMatch(/content="default-src &#39;none&#39;; style-src/);
    expect(text.match(/<script/g)).toHaveLength(1);
  });

  test("has a place for each environment, with its proofs and their evidence", () => {
    for (const plan of plans) {
      expect(text).toContain(`<article id="${plan.environment}">`);
      for (const { proof, evidence } of prove(plan)) {
        expect(text).toContain(`<code>${proof}</code>`);
        for (const line of evidence) expect(text).toContain(html`${line}`.text);
      }
    }
  });

  test("shows what is not judged as neither good nor bad", () => {
    expect(text).toMatch(/class="quiet">not judged<\/span>\s*<code>no-destructive-change</);
    expect(text).not.toMatch(/class="(good|bad)">not judged</);
  });

  test("draws pools across zones, and what runs on each", () => {
    const only = page([{ plan: production, findings: [] }]);
    expect([...only.matchAll(/class="zone">([^<]+)</g)].map(([, zone]) => zone)).toEqual([
      "eu-central-1a",
      "eu-central-1b",
      "eu-central-1c",
    ]);
    expect(only).toMatch(/>api<\/a><\/b> <small>Rollout · 2 to 20<\/small>/);
    expect(only).toContain("0 to 6 spot");
  });

  test("says where a lost zone leaves a pod without room", () => {
    // Two models' replicas on two GPUs, one in each zone.
    expect(page([{ plan: production, findings: [] }])).toMatch(/class="bad">1 pod</);
  });

  test("says what each layer and pool costs, and what nobody knows the price of", () => {
    const only = page([{ plan: production, findings: [] }]).replaceAll(/\s+/g, " ");
    expect(only).toMatch(/<th scope="row">NodePool data<\/th> <td>721 USD<\/td> <td>962 USD<\/td> <td>1,442 USD<\/td>/);
    expect(only).toContain(`<th scope="row">sum</th> <td>${formatUsd(costsOf(production).total.min)}</td>`);
    expect(only).not.toContain("unpriced");
    const unknown = withResource(production, "aws:sqs/queue:Queue", {});
    expect(page([{ plan: unknown, findings: [] }])).toContain('<td class="bad" colspan="3">unpriced</td>');
  });

  test("shows what does not hold open and first to the eye", () => {
    const damaged = damageObject(production, "NetworkPolicy", "api", ({ spec }) => delete spec.ingress);
    const broken = page([{ plan: damaged, findings: prove(damaged) }]);
    expect(broken).toContain("some proofs fail");
    expect(broken).toMatch(/<details open>\s*<summary>\s*<span class="bad">fails<\/span>\s*<code>require-connectivity/);
    expect(broken).toMatch(/<td class="bad">\s*8080\s*<\/td>/);
  });

  test("takes nobody's text for markup", () => {
    expect(html`<p title="${'"'}">${"<b>&'"}${["a", 1]}${undefined}</p>`.text).toBe(
      '<p title="&#34;">&#60;b&#62;&#38;&#39;a1</p>',
    );
  });
});
