import { describe, expect, test } from "vitest";
import { addressesOf, intersection, union } from "../../proofs/evaluation/intervals.ts";
import { connectivity, requireConnectivity } from "../../proofs/require-connectivity.ts";
import { environmentNames } from "../environments.ts";
import { damageObject, type Editable, freshPlan, planOf, withObject, withoutObject } from "../plans.ts";

const plan = await planOf("production");
const failuresOf = (each: typeof plan): readonly string[] => requireConnectivity.examine(each).failures;
const openIn = (each: typeof plan): string[] =>
  connectivity(each)
    .filter(({ allowed }) => allowed)
    .map(({ from, to, ports }) => `${from} > ${to} ${ports}`);

test.each(environmentNames)("in %s exactly the needed connections are open", async (name) => {
  const { failures, evidence } = requireConnectivity.examine(await planOf(name));
  expect(failures).toEqual([]);
  expect(evidence[0]).toMatch(/^\d+ connections among \d+ workloads and the outside$/);
});

test("open connections are named one by one", () => {
  const open = openIn(plan);
  expect(open.filter((each) => each.includes(" > application/api "))).toEqual([
    "gateway/gateway > application/api 8080",
    "observability/prometheus > application/api 9080",
  ]);
  expect(open.filter((each) => each.startsWith("application/worker > ")).toSorted()).toEqual([
    "application/worker > application/egress-proxy 3128",
    "application/worker > data/valkey 6379",
    "application/worker > database 5432",
    "application/worker > identity agent 80",
    "application/worker > inference/qwen2-5-7b-instruct 8000",
  ]);
  expect(open.filter((each) => each.startsWith("application/analytics > ")).toSorted()).toEqual([
    "application/analytics > data/rabbitmq 5672",
    "application/analytics > database 5432",
  ]);
  expect(open.filter((each) => each.includes(" > data/rabbitmq 5672"))).toEqual([
    "application/analytics > data/rabbitmq 5672",
    "data/rabbitmq > data/rabbitmq 5672",
  ]);
  expect(open.filter((each) => each.startsWith("application/egress-proxy > "))).toEqual([
    "application/egress-proxy > internet 443",
  ]);
});

test("a policy that an add-on's source renders counts like ours: one that opens a port of istiod is noticed", () => {
  const open = {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: "open", namespace: "istio-system" },
    spec: { podSelector: {}, policyTypes: ["Ingress"], ingress: [{ ports: [{ port: 15_010 }] }] },
  };
  const addons = plan.addons.map((addon, index) =>
    index === 0 ? { ...addon, objects: [...addon.objects, open] } : addon,
  );
  expect(failuresOf({ ...plan, addons })).toContain(
    "0.0.0.0-255.255.255.255 can connect to istio-system/istiod on port 15010, but no descriptor needs it. Close it, or declare the connection.",
  );
});

describe("Prometheus", () => {
  test.each(["keda/keda-operator", "argo-rollouts/argo-rollouts", "observability/kube-prometheus-stack-grafana"])(
    "answers %s",
    (from) => {
      expect(openIn(plan)).toContain(`${from} > observability/prometheus 9090`);
    },
  );

  test("finds its targets through the Kubernetes API", () => {
    expect(openIn(plan)).toContain("observability/prometheus > control plane 443");
  });

  test("that lets nobody in is noticed: nothing would scale, and every canary would be aborted", () => {
    const closed = damageObject(plan, "NetworkPolicy", "prometheus", ({ spec }) => delete spec.ingress);
    expect(failuresOf(closed)).toContain(
      "keda/keda-operator must connect to observability/prometheus on port 9090, but a policy denies it. Open both ends.",
    );
  });
});

describe("the Kubernetes API on EKS", () => {
  test("calls webhooks from addresses that no pod has", () => {
    const { callers, pods } = plan.addresses;
    expect(callers).toEqual(["10.20.240.0/24", "10.20.241.0/24", "10.20.242.0/24"]);
    expect(intersection(union(callers.map(addressesOf)), union(pods.map(addressesOf)))).toEqual([]);
  });

  test("is reached at its Service's address too: policies are evaluated before it is rewritten", () => {
    const without = damageObject(plan, "NetworkPolicy", "prometheus", ({ spec }) => {
      const rule = spec.egress.find(({ to }: Editable) =>
        to.some(({ ipBlock }: Editable) => ipBlock?.cidr === "172.20.0.1/32"),
      );
      rule.to = rule.to.filter(({ ipBlock }: Editable) => ipBlock?.cidr !== "172.20.0.1/32");
    });
    expect(failuresOf(without)).toEqual([
      "observability/prometheus must connect to 172.20.0.1 on port 443, but a policy denies it. Open both ends.",
    ]);
  });
});

describe("link-local addresses", () => {
  test("the identity agent is open to pods with rights in the cloud, and to no others", () => {
    const agent = openIn(plan).filter((each) => each.includes("identity agent"));
    const addons = "aws-load-balancer-controller cluster-autoscaler external-dns external-secrets velero".split(" ");
    const pods = ["application/api", "application/worker", ...addons.map((name) => `${name}/${name}`)];
    expect(agent.toSorted()).toEqual(pods.map((name) => `${name} > identity agent 80`));
  });

  test("opening the agent to another pod is noticed", () => {
    const damaged = damageObject(plan, "NetworkPolicy", "notifications", ({ spec }) => {
      spec.egress.push({ to: [{ ipBlock: { cidr: "169.254.170.23/32" } }], ports: [{ port: 80, protocol: "TCP" }] });
    });
    expect(failuresOf(damaged)).toEqual([
      "application/notifications can connect to 169.254.170.23 on port 80, but no descriptor needs it. Close it, or declare the connection.",
    ]);
  });
});

test("on LKE services reach the internet on the database's port alone, and a wider range is noticed", async () => {
  const lke = await planOf("production-lke");
  expect(openIn(lke).filter((each) => each.startsWith("application/api > database"))).toEqual([
    "application/api > database 24567",
  ]);
  const wide = damageObject(lke, "NetworkPolicy", "api", ({ spec }) => {
    const rule = spec.egress.find(({ ports }: Editable) => ports[0].port === 24_567);
    rule.ports = [{ port: 1024, endPort: 65_535, protocol: "TCP" }];
  });
  expect(failuresOf(wide)).toContainEqual(
    expect.stringMatching(/^application\/api can connect to 0\.0\.0\.0-9\.255\.255\.255 on port 1024-24566,/),
  );
});

test("a private model endpoint opens its own address and port", async () => {
  const models = [{ name: "m", endpoint: "http://10.9.8.7:8000/v1", private: true, concurrency: 4 }];
  const own = await freshPlan("production", { models });
  expect(failuresOf(own)).toEqual([]);
  expect(openIn(own)).toContain("application/worker > 10.9.8.7 8000");
});

describe("damage to a policy", () => {
  test("one end that is closed cuts a connection", () => {
    const damaged = damageObject(plan, "NetworkPolicy", "api", ({ spec }) => {
      spec.ingress = spec.ingress.filter(({ ports }: Editable) => ports[0].port !== 8080);
    });
    expect(failuresOf(damaged)).toEqual([
      "gateway/gateway must connect to application/api on port 8080, but a policy denies it. Open both ends.",
    ]);
  });

  test("one of the database's subnets that is left out cuts a third of its failovers", () => {
    const damaged = damageObject(plan, "NetworkPolicy", "api", ({ spec }) => {
      spec.egress.find(({ ports }: Editable) => ports[0].port === 5432).to.pop();
    });
    expect(failuresOf(damaged)).toEqual([
      expect.stringMatching(/^application\/api must connect to 10\.20\.\S+ on port 5432, but a policy denies it/),
    ]);
  });

  test("the whole internet without its exceptions reaches the metadata service", () => {
    const damaged = damageObject(plan, "NetworkPolicy", "egress-proxy", ({ spec }) => {
      delete spec.egress.at(-1).to[0].ipBlock.except;
    });
    expect(failuresOf(damaged)).toContain(
      "application/egress-proxy can reach the metadata service, which exposes the credentials of its node. Close it.",
    );
  });

  test("a block that contains pods' addresses is noticed for each pod that it lets in", () => {
    const damaged = damageObject(plan, "NetworkPolicy", "api", ({ spec }) => {
      spec.ingress.push({ from: [{ ipBlock: { cidr: "10.20.0.0/16" } }], ports: [{ port: 8080, protocol: "TCP" }] });
    });
    expect(failuresOf(damaged)).toEqual(
      expect.arrayContaining([
        "10.20.0.0-10.20.255.255 can connect to application/api on port 8080, but no descriptor needs it. Close it, or declare the connection.",
        "argocd/argo-cd-argocd-server can connect to application/api on port 8080, but no descriptor needs it. Close it, or declare the connection.",
      ]),
    );
  });

  test("a label that no pod has selects nobody, and leaves the pods shut", () => {
    const damaged = damageObject(plan, "NetworkPolicy", "worker", ({ spec }) => {
      spec.podSelector.matchLabels["app.kubernetes.io/name"] = "workers";
    });
    expect(failuresOf(damaged)).toContainEqual(expect.stringMatching(/^application\/worker must connect to 10\.20/));
  });

  test("a policy without DNS is noticed", () => {
    const damaged = damageObject(plan, "NetworkPolicy", "worker", ({ spec }) => spec.egress.shift());
    expect(failuresOf(damaged)).toEqual([
      "application/worker: a policy denies it DNS over UDP. Allow port 53.",
      "application/worker: a policy denies it DNS over TCP. Allow port 53.",
    ]);
  });

  test("a port over UDP that nothing needs is noticed", () => {
    const damaged = damageObject(plan, "NetworkPolicy", "worker", ({ spec }) => {
      spec.egress.push({ to: [{ ipBlock: { cidr: "1.1.1.1/32" } }], ports: [{ port: 53, protocol: "UDP" }] });
    });
    expect(failuresOf(damaged)).toEqual([
      "application/worker can connect to 1.1.1.1 on port 53 over UDP, but no descriptor needs it. Close it.",
    ]);
  });

  test("a namespace without the policy that denies everything opens what has no policy of its own", () => {
    const open = withoutObject(withoutDenial(), "NetworkPolicy", "api-migrate");
    expect(failuresOf(open)).toContain(
      "application/api-migrate can reach the metadata service, which exposes the credentials of its node. Close it.",
    );
  });

  test("a second policy opens more: they add up", () => {
    const wide = withObject(plan, {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: "wide", namespace: "application" },
      spec: { podSelector: {}, policyTypes: ["Ingress"], ingress: [{}] },
    });
    expect(failuresOf(wide)).toContainEqual(
      expect.stringMatching(/^0\.0\.0\.0-255\.255\.255\.255 can connect to application\/api on port 0-65535/),
    );
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
