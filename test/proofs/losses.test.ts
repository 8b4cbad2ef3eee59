import { describe, expect, test } from "vitest";
import type { Plan } from "../../plan/model/plan.ts";
import { lossesOf, type ShortWorkload } from "../../proofs/evaluation/losses.ts";
import { damageObject, planOf } from "../plans.ts";

const production = await planOf("production");
const MODEL = "Deployment inference/qwen2-5-7b-instruct";

const shortIn = (plan: Plan, zone: string | undefined): readonly ShortWorkload[] | undefined =>
  lossesOf(plan).find((loss) => loss.zone === zone)?.short;

describe("a lost zone", () => {
  test("leaves the pods that fit elsewhere", () => {
    const short = shortIn(production, "eu-central-1a")?.map(({ source }) => source);
    expect(short).toContain(MODEL);
    expect(short).not.toContain("Rollout application/api");
  });

  test("takes a GPU of which no other zone has a free one", () => {
    expect(shortIn(production, "eu-central-1b")).toContainEqual({ source: MODEL, running: 1, minimum: 2 });
    // It has no GPU nodes.
    expect(shortIn(production, "eu-central-1c")?.map(({ source }) => source)).not.toContain(MODEL);
  });

  test("keeps the volumes in it, and the pods that own them wait", () => {
    for (const zone of ["eu-central-1a", "eu-central-1b", "eu-central-1c"])
      expect(shortIn(production, zone)).toContainEqual({ source: "StatefulSet data/valkey", running: 2, minimum: 3 });
    const statelessSpec = production.podSources.map((source) =>
      source.name === "valkey" ? { ...source, object: { ...source.object, spec: {} } } : source,
    );
    const stateless = shortIn({ ...production, podSources: statelessSpec }, "eu-central-1a");
    expect(stateless?.map(({ source }) => source)).not.toContain("StatefulSet data/valkey");
  });

  test("stops a workload whose pods may not run in another one, which comes first", () => {
    const pinned = damageObject(production, "Deployment", "worker", ({ spec }) => {
      spec.template.spec.nodeSelector["topology.kubernetes.io/zone"] = "eu-central-1c";
    });
    const [first] = shortIn(pinned, "eu-central-1c") ?? [];
    expect(first).toMatchObject({ source: "Deployment application/worker", running: 0 });
    expect(shortIn(pinned, "eu-central-1a")?.map(({ source }) => source)).not.toContain(
      "Deployment application/worker",
    );
  });
});

test("without GPU nodes no hosted model runs", () => {
  expect(shortIn(production, undefined)).toEqual([{ source: MODEL, running: 0, minimum: 2 }]);
});

test("nodes without zones lose none", async () => {
  const zones = lossesOf(await planOf("production-lke")).map(({ zone }) => zone);
  expect(zones).toEqual([undefined]);
});
