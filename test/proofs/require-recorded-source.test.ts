import { expect, test } from "vitest";
import { requireRecordedSource } from "../../proofs/require-recorded-source.ts";
import { planOf, withObject, withoutObject, withResources } from "../plans.ts";
import { type Damage, testProof } from "./damage.ts";

const of = (what: string, damage: Damage[3], field: RegExp, name = "velero"): Damage => [
  what,
  "Application",
  name,
  damage,
  field,
];

testProof(requireRecordedSource, [
  of(
    "another repository",
    ({ spec }) => (spec.source.repoURL = "https://example.com/charts"),
    /source.repoURL is not what/,
  ),
  of("another chart", ({ spec }) => (spec.source.chart = "x"), /source.chart or path/),
  of("no name of its own", ({ spec }) => delete spec.source.helm.releaseName, /source.helm.releaseName/),
  of("another version", ({ spec }) => (spec.source.targetRevision = "HEAD"), /source.targetRevision/),
  of("a value that is changed", ({ spec }) => (spec.source.helm.valuesObject.deployNodeAgent = true), /values is not/),
  of("kustomize options that are gone", ({ spec }) => delete spec.source.kustomize, /values is not/, "rabbitmq"),
  of("another namespace", ({ spec }) => (spec.destination.namespace = "default"), /destination.namespace/),
  of("another cluster", ({ spec }) => (spec.destination.server = "https://example.com"), /destination.server/),
  of("a sync by hand", ({ spec }) => delete spec.syncPolicy.automated, /syncPolicy.automated/),
  of("client-side apply", ({ spec }) => (spec.syncPolicy.syncOptions = []), /syncPolicy.syncOptions/),
]);

test("an Application that is gone, and one that nobody asked for, are found", async () => {
  const plan = await planOf("production");
  expect(requireRecordedSource.examine(withoutObject(plan, "Application", "velero")).failures).toEqual([
    "No Application installs velero.",
  ]);
  const stray = plan.objects.find(({ manifest }) => manifest.kind === "Application")?.manifest;
  const added = withObject(plan, {
    ...structuredClone(stray),
    metadata: { name: "miner", namespace: "argocd" },
  } as never);
  expect(requireRecordedSource.examine(added).failures).toEqual([
    expect.stringMatching(/miner installs what no descriptor/),
  ]);
});

test("a Release of another version, and one that is gone, are found", async () => {
  const plan = await planOf("production");
  const isRelease = ({ name, type }: (typeof plan.resources)[number]): boolean =>
    name === "argo-cd" && type.endsWith(":Release");
  const other = withResources(plan, (all) =>
    all.map((each) => (isRelease(each) ? { ...each, inputs: { ...each.inputs, version: "1.0.0" } } : each)),
  );
  const gone = withResources(plan, (all) => all.filter((each) => !isRelease(each)));
  expect(requireRecordedSource.examine(other).failures).toEqual([
    "Release argo-cd: version is not what the descriptor says. Change the descriptor.",
  ]);
  expect(requireRecordedSource.examine(gone).failures).toEqual(["No Release installs argo-cd."]);
});
