import { describe, expect, test } from "vitest";
import { descriptorsIn } from "../../platform/descriptors.ts";
import { releaseIn, surgeOf } from "../../platform/release.ts";
import { isAutoscaled, replicasIn } from "../../platform/replicas.ts";
import { defineService, type Release } from "../../platform/service.ts";
import { addonsOf, descriptors, environment, environmentNames, faultsOf, serviceCalled } from "../environments.ts";

const [api, worker] = [serviceCalled("api"), serviceCalled("worker")];
const releaseWith = (changes: Record<string, unknown>): Release => {
  const changed = environment("production", changes);
  return releaseIn(changed, api, addonsOf(changed));
};

describe("a service's release", () => {
  test("is its descriptor's where add-ons can do it", () => {
    expect(releaseWith({})).toBe("canary");
  });

  test.each(["argo-rollouts", "istio"])("falls back to rolling without %s", (name) => {
    expect(releaseWith({ [`addons.${name}`]: undefined })).toBe("rolling");
  });

  test.each<Release>(["rolling", "blue-green"])("is the environment's, where that says %s", (release) => {
    expect(releaseWith({ services: { api: { release } } })).toBe(release);
  });

  test("may stand beside replicas, or without them", () => {
    const changed = environment("production", { services: { api: { release: "rolling" } } });
    expect(replicasIn(changed, api, addonsOf(changed))).toEqual({ min: 2, max: 20 });
    const both = environment("production", { services: { api: { release: "rolling", replicas: { min: 3, max: 4 } } } });
    expect(replicasIn(both, api, addonsOf(both))).toEqual({ min: 3, max: 4 });
  });
});

describe("a release that an environment states is refused when the file is read", () => {
  test.each<[string, Record<string, unknown>, RegExp]>([
    [
      "for canary without Argo Rollouts",
      { "addons.argo-rollouts": undefined, services: { api: { release: "canary" } } },
      /^promptops:services\.api\.release: needs an add-on that provides 'rollouts' \(argo-rollouts\)\. Enable it/,
    ],
    [
      "for canary without a gateway",
      { "addons.istio": undefined, services: { api: { release: "canary" } } },
      /^promptops:services\.api\.release: needs an add-on that provides 'gateway' \(istio\)\. Enable it/,
    ],
    [
      "for blue-green without Argo Rollouts",
      { "addons.argo-rollouts": undefined, services: { api: { release: "blue-green" } } },
      /^promptops:services\.api\.release: needs an add-on that provides 'rollouts'/,
    ],
    [
      "for canary of a service that nobody calls from outside",
      { services: { worker: { release: "canary" } } },
      /^promptops:services\.worker\.release: is not possible for service 'worker': 'release: canary' needs 'exposed'/,
    ],
    [
      "for blue-green of a service that answers no requests",
      { services: { worker: { release: "blue-green" } } },
      /^promptops:services\.worker\.release: .* needs a port 'http'/,
    ],
    [
      "for one that does not exist",
      { services: { api: { release: "recreate" } } },
      /^promptops:services\.api\.release: must be one of rolling, canary, blue-green/,
    ],
  ])("%s", (_, changes, rule) => {
    expect(faultsOf(changes)).toEqual([expect.stringMatching(rule)]);
  });

  test("but not for blue-green without a gateway", () => {
    expect(faultsOf({ "addons.istio": undefined, services: { api: { release: "blue-green" } } })).toEqual([]);
  });
});

test("a descriptor of a service without http cannot prefer blue-green", () => {
  expect(() => defineService({ ...worker, release: "blue-green" })).toThrow(
    /'release: blue-green' needs a port 'http'/,
  );
});

test("a rollout adds a quarter of the replicas, a second set, or a second and a third", () => {
  expect(["rolling", "canary", "blue-green"].map((release) => surgeOf(release as Release, 10))).toEqual([3, 10, 20]);
});

describe("without an add-on that scales on metrics", () => {
  const without = environment("production", { "addons.keda": undefined });

  test("a service that scales on a queue keeps its minimum", () => {
    expect(isAutoscaled(worker, addonsOf(without))).toBe(false);
    expect(replicasIn(without, worker, addonsOf(without))).toEqual({ min: 2, max: 2 });
    expect(replicasIn(environment("production"), worker, addonsOf(environment("production")))).toEqual({
      min: 2,
      max: 50,
    });
  });

  test("one that scales on CPU and memory is scaled all the same", () => {
    expect(replicasIn(without, api, addonsOf(without))).toEqual({ min: 2, max: 20 });
  });
});

describe("an optional service", () => {
  const namesIn = (name: string, changes: Record<string, unknown> = {}): string[] =>
    descriptorsIn(environment(name, changes), descriptors).services.map((service) => service.name);

  test("runs in development, which uses it as its model, and in no other environment", () => {
    for (const name of environmentNames)
      expect(namesIn(name), name).toEqual(
        name === "development"
          ? ["analytics", "api", "egress-proxy", "evaluator", "model-simulator", "notifications", "worker"]
          : ["analytics", "api", "egress-proxy", "evaluator", "notifications", "worker"],
      );
  });

  test("runs where 'services' names it", () => {
    expect(namesIn("production", { services: { "model-simulator": {} } })).toContain("model-simulator");
  });
});

describe("a model that one of our services serves", () => {
  const model = { name: "simulated", service: "model-simulator", concurrency: 8 };

  test("must say how many executions run there at once", () => {
    const without = { name: model.name, service: model.service };
    expect(faultsOf({ models: [model] })).toEqual([]);
    expect(faultsOf({ models: [without] })).toEqual([
      expect.stringMatching(/^promptops:models\.0\.concurrency: must say how many/),
    ]);
  });

  test.each<[string, Record<string, unknown>, RegExp]>([
    ["no service", { service: "ghost" }, /^promptops:models\.0\.service: must be a service with a port 'http'/],
    [
      "a service without http",
      { service: "worker" },
      /^promptops:models\.0\.service: must be a service with a port 'http'/,
    ],
    [
      "a service and an endpoint",
      { endpoint: "https://api.openai.com/v1" },
      /set one of 'endpoint', 'service' and 'hosted'/,
    ],
    ["no concurrency", { concurrency: null }, /^promptops:models\.0\.concurrency: must be a number of executions/],
    ["a credential", { credential: "openai" }, /must be set where 'private' or 'credential' is/],
  ])("is refused with %s", (_, changes, rule) => {
    const entry = { ...model, ...changes };
    expect(faultsOf({ models: [entry] })).toEqual([expect.stringMatching(rule)]);
  });
});
