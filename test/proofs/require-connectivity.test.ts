import { describe, expect, test } from "vitest";
import type { KubernetesObject } from "../../plan/model/kubernetes.ts";
import { type Endpoint, Network } from "../../proofs/network.ts";
import { reachability, requireDeclaredReach } from "../../proofs/require-declared-reach.ts";
import { environmentNames } from "../environments.ts";
import { damageObject, type Editable, planOf, withObject, withoutObject } from "../plans.ts";

const plan = await planOf("production");
const failuresOf = (each: typeof plan): readonly string[] => requireDeclaredReach.examine(each).failures;

test.each(environmentNames)("in %s what is open is what was declared", async (name) => {
  const { failures, evidence } = requireDeclaredReach.examine(await planOf(name));
  expect(failures).toEqual([]);
  expect(evidence[0]).toMatch(/^\d+ of \d{3} connections are open, as declared$/);
});

test("what is declared and open is named cell by cell", () => {
  const open = reachability(plan).filter(({ allowed }) => allowed);
  expect(open.filter(({ to }) => to === "application/api").map(({ from, port }) => [from, port])).toEqual([
    ["gateway/gateway", 8080],
    ["observability/prometheus", 9080],
  ]);
  expect(open.filter(({ from }) => from === "application/worker").map(({ to, port }) => [to, port])).toEqual([
    ["inference/qwen2-5-7b-instruct", 8000],
    ["data/valkey", 6379],
    ["database", 5432],
    ["internet", 443],
  ]);
});

describe("damage to a policy", () => {
  test("one end that is closed cuts a declared connection", () => {
    const damaged = damageObject(plan, "NetworkPolicy", "api", ({ spec }) => {
      spec.ingress = spec.ingress.filter(({ ports }: Editable) => ports[0].port !== 8080);
    });
    expect(failuresOf(damaged)).toEqual([
      "gateway/gateway was declared to reach application/api on port 8080, and a policy stops it. Open both ends.",
    ]);
  });

  test("one of the database's subnets that is left out cuts a third of its failovers", () => {
    const damaged = damageObject(plan, "NetworkPolicy", "api", ({ spec }) => {
      spec.egress.find(({ ports }: Editable) => ports[0].port === 5432).to.pop();
    });
    expect(failuresOf(damaged)).toEqual([
      "application/api was declared to reach database on port 5432, and a policy stops it. Open both ends.",
    ]);
  });

  test("Prometheus' own side counts as well", () => {
    expect(failuresOf(damageObject(plan, "NetworkPolicy", "prometheus", ({ spec }) => spec.egress.pop()))).toEqual([
      expect.stringMatching(
        /^observability\/prometheus was declared to reach inference\/qwen2-5-7b-instruct on port 8000/,
      ),
    ]);
  });

  test("the whole internet without its exceptions reaches the metadata services", () => {
    const damaged = damageObject(plan, "NetworkPolicy", "worker", ({ spec }) => {
      delete spec.egress.at(-1).to[0].ipBlock.except;
    });
    expect(failuresOf(damaged)).toContain(
      "application/worker reaches the metadata services on port 443, and was not declared to. Close it, or declare it.",
    );
  });

  test("a label that no pod has selects nobody, and leaves the pods shut", () => {
    const damaged = damageObject(plan, "NetworkPolicy", "worker", ({ spec }) => {
      spec.podSelector.matchLabels["app.kubernetes.io/name"] = "workers";
    });
    expect(failuresOf(damaged)).toContainEqual(expect.stringMatching(/worker was declared to reach database/));
    expect(failuresOf(damaged)).toContain(
      "application/worker: a policy stops it from asking the name server over UDP.",
    );
  });

  test("a namespace without the policy that denies everything opens what has no policy of its own", () => {
    const open = withoutObject(withoutDenial(), "NetworkPolicy", "api-prepare");
    expect(failuresOf(open)).toContainEqual(
      expect.stringMatching(/^application\/api-prepare reaches the metadata services/),
    );
  });

  test("a second policy opens more: they add up", () => {
    const wide = withObject(plan, {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: "wide", namespace: "application" },
      spec: { podSelector: {}, policyTypes: ["Ingress"], ingress: [{}] },
    });
    expect(failuresOf(wide)).toContainEqual(expect.stringMatching(/^internet reaches application\/api on port 8080/));
  });
});

/** The application namespace, open by default. */
function withoutDenial(): typeof plan {
  const objects = plan.objects.filter(
    ({ manifest: { kind, metadata } }) =>
      !(kind === "NetworkPolicy" && metadata.name === "deny-all" && metadata.namespace === "application"),
  );
  return { ...plan, objects };
}

describe("policies are evaluated as Kubernetes says", () => {
  const policy = (spec: object, namespace = "a"): KubernetesObject => ({
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: "p", namespace },
    spec,
  });
  const pod = (app: string, namespace = "a"): Endpoint => ({ kind: "pods", namespace, labels: { app } });
  const at = (address: string): Endpoint => ({ kind: "address", address });
  const http = { number: 80, protocol: "TCP" } as const;
  const allows = (policies: readonly KubernetesObject[], from: Endpoint, to: Endpoint, port = http): boolean =>
    new Network(policies).allows(from, to, port);
  const into = (rule: object): KubernetesObject =>
    policy({ podSelector: { matchLabels: { app: "x" } }, policyTypes: ["Ingress"], ingress: [rule] });

  test.each<[string, KubernetesObject[], Endpoint, Endpoint, boolean]>([
    ["no policy at all", [], pod("y"), pod("x"), true],
    ["a policy of another namespace", [policy({ podSelector: {} }, "b")], pod("y"), pod("x"), true],
    ["no rule denies", [policy({ podSelector: {} })], pod("y"), pod("x"), false],
    ["an empty rule lets everybody in", [into({})], at("8.8.8.8"), pod("x"), true],
    [
      "a pod selector alone means the same namespace",
      [into({ from: [{ podSelector: {} }] })],
      pod("y", "b"),
      pod("x"),
      false,
    ],
    [
      "both selectors have to select",
      [into({ from: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: "z" } } }] })],
      pod("y", "b"),
      pod("x"),
      false,
    ],
    [
      "a namespace is known by its name's label",
      [into({ from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "b" } } }] })],
      pod("y", "b"),
      pod("x"),
      true,
    ],
    ["a block", [into({ from: [{ ipBlock: { cidr: "10.0.0.0/8" } }] })], at("10.255.0.1"), pod("x"), true],
    [
      "a block's exception",
      [into({ from: [{ ipBlock: { cidr: "10.0.0.0/8", except: ["10.255.0.0/16"] } }] })],
      at("10.255.0.1"),
      pod("x"),
      false,
    ],
    ["another port", [into({ ports: [{ port: 81, protocol: "TCP" }] })], pod("y"), pod("x"), false],
    ["a range of ports", [into({ ports: [{ port: 70, endPort: 90 }] })], pod("y"), pod("x"), true],
    ["another protocol", [into({ ports: [{ port: 80, protocol: "UDP" }] })], pod("y"), pod("x"), false],
    [
      "egress of the caller counts too",
      [policy({ podSelector: {}, policyTypes: ["Egress"] })],
      pod("y"),
      pod("x", "b"),
      false,
    ],
    [
      "egress says nothing about ingress",
      [policy({ podSelector: {}, policyTypes: ["Egress"] })],
      pod("y", "b"),
      pod("x"),
      true,
    ],
  ])("%s", (_, policies, ...[from, to, allowed]) => {
    expect(allows(policies, from, to)).toBe(allowed);
  });
});
