import { describe, expect, test } from "vitest";
import type { KubernetesObject } from "../../plan/model/kubernetes.ts";
import type { Plan } from "../../plan/model/plan.ts";
import { fitsQuotas } from "../../proofs/fits-quotas.ts";
import { environmentNames } from "../environments.ts";
import { damageObject, type Editable, planOf, withObject } from "../plans.ts";

const base = await planOf("production");
const failures = (plan: Plan): readonly string[] => fitsQuotas.examine(plan).failures;

const object = (kind: string, spec: object, namespace = "application"): KubernetesObject => ({
  apiVersion: "v1",
  kind,
  metadata: { name: "test", namespace },
  spec,
});
const withQuota = (hard: object, others: object = {}, namespace?: string): Plan =>
  withObject(base, object("ResourceQuota", { hard, ...others }, namespace));
const withRange = (limits: object, plan = base): Plan => withObject(plan, object("LimitRange", { limits: [limits] }));

test.each(environmentNames)("every pod of %s fits its quotas", async (name) => {
  const { evidence, failures: found } = fitsQuotas.examine(await planOf(name));
  expect(found).toEqual([]);
  expect(evidence[0]).toMatch(/^ResourceQuota application\/application: .*pods \d+ of \d+/);
});

describe("a quota that is exceeded names what is asked for", () => {
  test.each<[string, object, RegExp]>([
    ["pods", { pods: "10" }, /allows pods 10, but at maximum replicas during a rollout it is \d+\./],
    ["requests", { "requests.cpu": "1" }, /allows requests\.cpu 1, but .* it is [\d.]+\./],
    ["requests without the word", { memory: "1Gi" }, /allows memory 1Gi, but .* it is [\d.]+Gi\./],
    ["limits", { "limits.memory": "1Gi" }, /allows limits\.memory 1Gi/],
    ["objects", { services: "1" }, /allows services 1, but .* it is \d+\./],
    ["objects by their kind's name", { "count/services": "1" }, /allows count\/services 1/],
  ])("of %s", (_, hard, message) => {
    expect(failures(withQuota(hard))).toContainEqual(expect.stringMatching(message));
  });

  test("while a new version rolls out, and not before", () => {
    const [source] = base.podSources.filter(({ surge, namespace }) => surge > 0 && namespace === "application");
    const used = /pods (\d+) of/.exec(fitsQuotas.examine(base).evidence[0] ?? "")?.[1];
    expect(source?.surge).toBeGreaterThan(0);
    expect(failures(withQuota({ pods: used }))).toEqual([]);
    expect(failures(withQuota({ pods: Number(used) - 1 }))).toHaveLength(1);
  });

  test("by more replicas of an autoscaler", () => {
    const damaged = damageObject(base, "ScaledObject", "worker", ({ spec }) => (spec.maxReplicaCount *= 3));
    expect(failures(damaged)).toContainEqual(
      expect.stringMatching(/^ResourceQuota application\/application allows pods/),
    );
  });

  test("by pods that an operator makes", () => {
    const [operated] = base.operatedPods;
    expect(failures(withQuota({ pods: 0 }, {}, operated?.namespace))).toHaveLength(1);
  });
});

describe("a quota counts what its scopes select", () => {
  const none = { pods: "0" };
  test.each<[string, object, boolean]>([
    ["pods with a deadline", { scopes: ["Terminating"] }, false],
    ["pods without one", { scopes: ["NotTerminating"] }, true],
    ["pods without requests", { scopes: ["BestEffort"] }, false],
    ["pods with requests", { scopes: ["NotBestEffort"] }, true],
    [
      "a priority class that none has",
      { scopeSelector: { matchExpressions: [{ scopeName: "PriorityClass", operator: "In", values: ["none"] }] } },
      false,
    ],
    [
      "no priority class of a list",
      { scopeSelector: { matchExpressions: [{ scopeName: "PriorityClass", operator: "NotIn", values: ["none"] }] } },
      true,
    ],
  ])("%s", (_, scope, selects) => {
    expect(failures(withQuota(none, scope)).length > 0).toBe(selects);
  });
});

describe("pods that do not say what a quota counts", () => {
  const silent = (plan: Plan): Plan =>
    damageObject(plan, "Deployment", "worker", ({ spec }: Editable) => {
      const [container] = spec.template.spec.containers;
      delete container.resources.requests;
      delete container.resources.limits;
    });

  test("are refused", () => {
    expect(failures(silent(base))).toContainEqual(
      expect.stringMatching(
        /^Deployment application\/worker: requests\.cpu is not specified for worker, and ResourceQuota/,
      ),
    );
  });

  test("take the default of a limit range", () => {
    const plan = withRange({ type: "Container", defaultRequest: { cpu: "10m", memory: "16Mi" } }, silent(base));
    expect(failures(plan)).toEqual([]);
  });

  test("take the maximum of a limit range, which is its default", () => {
    const plan = withRange({ type: "Container", max: { cpu: "100", memory: "1Ti" } }, silent(base));
    expect(failures(plan)).not.toContainEqual(expect.stringMatching(/is not specified/));
  });
});

describe("a limit range refuses", () => {
  test.each<[string, object, RegExp]>([
    [
      "a container above its maximum",
      { type: "Container", max: { cpu: "1m" } },
      /maximum cpu usage per Container is 1m, but limit is/,
    ],
    [
      "a container below its minimum",
      { type: "Container", min: { memory: "1Ti" } },
      /minimum memory usage per Container is 1Ti, but request is/,
    ],
    [
      "a container whose limit is many times its request",
      { type: "Container", maxLimitRequestRatio: { cpu: "1" } },
      /cpu max limit to request ratio per Container is 1/,
    ],
    ["a pod above its maximum", { type: "Pod", max: { memory: "1Mi" } }, /maximum memory usage per Pod is 1Mi/],
  ])("%s", (_, limits, message) => {
    expect(failures(withRange(limits))).toContainEqual(expect.stringMatching(message));
  });

  test("nothing in other namespaces", () => {
    const range = object("LimitRange", { limits: [{ type: "Container", max: { cpu: "1m" } }] }, "elsewhere");
    expect(failures(withObject(base, range))).toEqual([]);
  });
});
