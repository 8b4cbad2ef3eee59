import { describe, expect, test } from "vitest";
import type { KubernetesObject } from "../../plan/model/kubernetes.ts";
import { validOrder } from "../../proofs/valid-order.ts";
import { environmentNames } from "../environments.ts";
import { damageObject, type Editable, freshPlan, planOf, remodel, withObject } from "../plans.ts";

const plan = await planOf("production");
const failuresOf = (each: typeof plan): readonly string[] => validOrder.examine(each).failures;
const WAVE = "argocd.argoproj.io/sync-wave";

const moved = (kind: string, name: string, wave: number): typeof plan =>
  damageObject(plan, kind, name, ({ metadata }) => (metadata.annotations[WAVE] = String(wave)));

test.each(environmentNames)("in %s everything comes before what needs it", async (name) => {
  const { failures, evidence } = validOrder.examine(await planOf(name));
  expect(failures).toEqual([]);
  expect(evidence[0]).toMatch(/^\d+ dependencies of \d+ objects in \d+ sync waves$/);
});

test("a certificate waits for the gateway through which Let's Encrypt asks", () => {
  expect(failuresOf(moved("Certificate", "public-tls", 20))).toEqual([
    "Certificate gateway/public-tls (wave 20) needs Gateway gateway/public, which comes in wave 70. Move that to wave 20 or earlier.",
  ]);
});

test.each<[string, Parameters<typeof moved>, RegExp]>([
  [
    "a secret store after what reads it",
    ["ClusterSecretStore", "platform", 25],
    /needs ClusterSecretStore platform, which comes in wave 25/,
  ],
  [
    "a route after the release that moves its weights",
    ["HTTPRoute", "api", 70],
    /Rollout application\/api .* needs HTTPRoute application\/api, which comes in wave 70/,
  ],
  ["an issuer after its certificate", ["ClusterIssuer", "public", 80], /Certificate .* needs ClusterIssuer public/],
  [
    "a secret after the pods that read it",
    ["ExternalSecret", "api-secrets", 60],
    /Rollout application\/api .* needs Secret application\/api-secrets/,
  ],
  [
    "an operator with what it operates",
    ["Application", "rabbitmq", 30],
    /RabbitmqCluster data\/rabbitmq \(wave 30\) needs the definition of rabbitmq.com\/RabbitmqCluster from add-on rabbitmq, which comes in wave 30. Move that before wave 30/,
  ],
  ["a namespace after what is in it", ["Namespace", "velero", 90], /needs Namespace velero, which comes in wave 90/],
  [
    "roles together with a migration that logs in",
    ["Job", "database-roles", 45],
    /Job application\/api-migrate \(wave 45\) needs the roles that Job application\/database-roles creates/,
  ],
  [
    "an analysis after the rollout that it judges",
    ["AnalysisTemplate", "api", 60],
    /Rollout application\/api .* needs AnalysisTemplate application\/api/,
  ],
])("%s is noticed", (_, change, failure) => {
  expect(failuresOf(moved(...change))).toContainEqual(expect.stringMatching(failure));
});

describe("an Application", () => {
  test("that is synced by hand would stop the waves after it", () => {
    const manual = damageObject(
      plan,
      "Application",
      "rabbitmq",
      ({ spec }: Editable) => delete spec.syncPolicy.automated,
    );
    expect(failuresOf(manual)).toEqual([
      "Application argocd/rabbitmq is synced manually, but wave 5 ends only when it is healthy. Set syncPolicy.automated.",
    ]);
  });

  test("whose source has a kind that nothing serves is noticed", () => {
    const addons = plan.addons.filter(({ name }) => name !== "cert-manager");
    expect(failuresOf(remodel(plan, { addons }))).toContainEqual(
      expect.stringMatching(
        /^Add-on rabbitmq needs the definition of cert-manager.io\/Certificate, which an add-on must serve/,
      ),
    );
  });
});

test("a kind that no add-on serves is refused before anything is applied", () => {
  const stray = withObject(plan, {
    apiVersion: "kafka.strimzi.io/v1",
    kind: "Kafka",
    metadata: { name: "events", namespace: "data", annotations: { [WAVE]: "30" } },
  });
  expect(failuresOf(stray)).toEqual([
    "Kafka data/events needs the definition of kafka.strimzi.io/Kafka, which an add-on must serve, but nothing creates it. Add it or remove the reference.",
  ]);
});

test("a kind whose definition is not in the recorded source of its add-on is noticed", () => {
  const addons = plan.addons.map((addon) => ({
    ...addon,
    objects: addon.objects.filter(({ metadata }) => metadata.name !== "httproutes.gateway.networking.k8s.io"),
  }));
  expect(failuresOf(remodel(plan, { addons }))).toContainEqual(
    expect.stringMatching(
      /^HTTPRoute application\/api needs the definition of gateway.networking.k8s.io\/HTTPRoute, which an add-on must serve, but nothing/,
    ),
  );
});

test("what an add-on's kind needs comes with its add-on", async () => {
  const without = await freshPlan("production", { "addons.keda": undefined });
  expect(failuresOf(without)).toEqual([]);
  const scaled = plan.objects.find(
    ({ manifest }) => manifest.kind === "ScaledObject" && manifest.metadata.name === "worker",
  );
  expect(failuresOf(withObject(without, scaled?.manifest as KubernetesObject))).toContainEqual(
    expect.stringMatching(/^ScaledObject application\/worker needs the definition of keda.sh\/ScaledObject/),
  );
});

test("objects whose kind an Application brings are not tried before the first wave", () => {
  for (const { manifest } of plan.objects.filter(({ manifest: { kind } }) =>
    ["RabbitmqCluster", "Schedule"].includes(kind),
  )) {
    expect(manifest.metadata.annotations?.["argocd.argoproj.io/sync-options"]).toBe("SkipDryRunOnMissingResource=true");
  }
});
