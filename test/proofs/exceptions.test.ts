import { describe, expect, test } from "vitest";
import type { Finding, Plan } from "../../plan/model/plan.ts";
import { withExceptions } from "../../proofs/exceptions.ts";
import { planOf } from "../plans.ts";

const plan = await planOf("development");
const exception = {
  proof: "no-floating-image",
  object: "Deployment application/api",
  reason: "The registry is replaced next week",
  owner: "platform@promptops.io",
  until: "2026-12-31",
};
const failures = [
  "Deployment application/api: floats.",
  "Deployment application/api-next: floats.",
  "Job data/api: floats.",
];
const findings: readonly Finding[] = [
  { proof: "no-floating-image", claim: "", evidence: [], failures },
  { proof: "fits-nodes", claim: "", evidence: [], failures: ["Deployment application/api: finds no room."] },
];

/** What is left of the failures, what is excepted, and what is wrong with the exceptions. */
function examine(changes: Partial<typeof exception>, today = "2026-11-28", elsewhere = false): object {
  const excepting: Plan = { ...plan, exceptions: [{ ...exception, ...changes }] };
  const [images, , own] = withExceptions(excepting, findings, { today, elsewhere });
  const excepted = images?.excepted ?? [];
  return { left: images?.failures, excepted: excepted.map(({ failure }) => failure), wrong: own?.failures };
}

describe("an exception", () => {
  test("takes the failures of its object out, and no other", () => {
    expect(examine({})).toEqual({ left: failures.slice(1), excepted: failures.slice(0, 1), wrong: [] });
  });

  test("with '*' takes those that match", () => {
    expect(examine({ object: "Deployment application/*" })).toMatchObject({ left: failures.slice(2) });
    expect(examine({ object: "* data/api" })).toMatchObject({ left: failures.slice(0, 2) });
  });

  test("is no regular expression", () => {
    expect(examine({ object: "Deployment application.api" })).toMatchObject({
      wrong: [expect.stringContaining("matches no failure")],
    });
  });

  test("holds on its last day, and not on the day after", () => {
    expect(examine({}, "2026-12-31")).toMatchObject({ wrong: [] });
    expect(examine({}, "2027-01-01")).toEqual({
      left: failures,
      excepted: [],
      wrong: [expect.stringMatching(/ended on 2026-12-31\. Fix what it names, or agree on another day with platform@/)],
    });
  });

  test.each<[string, Partial<typeof exception>, RegExp]>([
    [
      "that matches nothing",
      { object: "Deployment application/gone" },
      /matches no failure, so it would hide the next/,
    ],
    ["to an unknown proof", { proof: "no-bugs" }, /there is no proof of that name/],
    ["that never ends", { until: "2099-12-31" }, /ends in \d+ days, but may last 366/],
  ])("%s is refused", (_, changes, rule) => {
    expect(examine(changes)).toMatchObject({ wrong: [expect.stringMatching(rule)] });
  });

  test("that matches nothing is accepted on another cloud", () => {
    expect(examine({ object: "Deployment application/gone" }, "2026-11-28", true)).toMatchObject({ wrong: [] });
  });

  test("is listed with its reason, owner and last day", () => {
    const [, , own] = withExceptions({ ...plan, exceptions: [exception] }, findings, { today: "2026-11-28" });
    expect(own?.evidence).toEqual([
      "no-floating-image, Deployment application/api: 1 failures until 2026-12-31, platform@promptops.io: The registry is replaced next week",
    ]);
  });
});

test("without exceptions, findings stay as they are", () => {
  expect(withExceptions(plan, findings, { today: "2026-11-28" })).toEqual(findings);
});
