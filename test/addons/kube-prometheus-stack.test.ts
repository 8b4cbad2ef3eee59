import { describe, expect, test } from "vitest";
import { nodesOf } from "../../proofs/evaluation/parties.ts";
import { requireConnectivity } from "../../proofs/require-connectivity.ts";
import { validSelectors } from "../../proofs/valid-selectors.ts";
import { damageObject, type Editable, planOf, remodel } from "../plans.ts";

const [production, development] = [await planOf("production"), await planOf("development")];
const NAME = "kube-prometheus-stack";

function rendered(plan: typeof production, name = NAME): readonly Editable[] {
  return plan.addons.find((addon) => addon.name === name)?.objects as readonly Editable[];
}

function objectOf(plan: typeof production, kind: string, name: string): Editable {
  const found = rendered(plan).filter(
    (object) => object["kind"] === kind && object.metadata.name === `${NAME}-${name}`,
  );
  expect(found.length, `${kind} ${name}`).toBe(1);
  return found[0];
}

describe("Prometheus and Alertmanager", () => {
  const replicasOf = (plan: typeof production): number[] => [
    objectOf(plan, "Prometheus", "prometheus").spec.replicas,
    objectOf(plan, "Alertmanager", "alertmanager").spec.replicas,
  ];

  test("are two and three on different nodes in a protected environment, with budgets, and one elsewhere", () => {
    expect(replicasOf(production)).toEqual([2, 3]);
    expect(replicasOf(development)).toEqual([1, 1]);
    const budgets = (plan: typeof production): string[] =>
      rendered(plan)
        .filter(({ kind }) => kind === "PodDisruptionBudget")
        .map(({ metadata }) => metadata.name as string);
    expect(budgets(production)).toEqual([`${NAME}-alertmanager`, `${NAME}-prometheus`]);
    expect(budgets(development)).toEqual([]);
    for (const { apart } of production.operatedPods.filter(({ namespace }) => namespace === "observability"))
      expect(apart).toBe("kubernetes.io/hostname");
  });

  test("are counted with the reloader that the operator adds", () => {
    const pods = production.operatedPods.filter(({ by }) => /^(Prometheus|Alertmanager) /.test(by));
    expect(pods.map(({ by, requests }) => [by.split(" ")[0], requests.cpu, requests.memory / 2 ** 20])).toEqual([
      ["Alertmanager", 30, 96],
      ["Prometheus", 210, 2048 + 32],
    ]);
  });

  test("Prometheus takes the monitors and rules of every namespace, whatever their labels", () => {
    const { spec } = objectOf(production, "Prometheus", "prometheus");
    for (const kind of ["serviceMonitor", "podMonitor", "rule"])
      expect([spec[`${kind}Selector`], spec[`${kind}NamespaceSelector`]]).toEqual([{}, {}]);
  });

  test("Prometheus fills 80 % of its volume, and keeps metrics for as many days as the environment says", () => {
    expect(objectOf(production, "Prometheus", "prometheus").spec).toMatchObject({
      retention: "15d",
      retentionSize: "40960MiB",
      storage: {
        volumeClaimTemplate: { spec: { storageClassName: "fast-ssd", resources: { requests: { storage: "50Gi" } } } },
      },
    });
    expect(objectOf(development, "Prometheus", "prometheus").spec).toMatchObject({ retention: "2d" });
  });
});

test("Grafana's password comes from the store, and the chart makes no Secret for it", () => {
  const [grafana] = objectOf(production, "Deployment", "grafana").spec.template.spec.containers.filter(
    ({ name }: { name: string }) => name === "grafana",
  );
  expect(grafana.env).toContainEqual({
    name: "GF_SECURITY_ADMIN_PASSWORD__FILE",
    value: "/etc/secrets/grafana-admin/password",
  });
  expect(
    rendered(production).filter(({ kind, metadata }) => kind === "Secret" && /grafana/.test(metadata.name)),
  ).toEqual([]);
  expect(production.storedSecrets).toContain("promptops-production/grafana/admin");
});

test("nothing of the control plane that a cloud hides is scraped, and no alert of the chart fires", () => {
  const monitors = rendered(production).filter(({ kind }) => kind === "ServiceMonitor");
  expect(monitors.map(({ metadata }) => metadata.name.replace(`${NAME}-`, "") as string)).toEqual([
    ...["alertmanager", "apiserver", "grafana", "kube-state-metrics", "kubelet", "operator", "prometheus"],
  ]);
  const rules = rendered(production)
    .filter(({ kind }) => kind === "PrometheusRule")
    .flatMap(({ spec }) => spec.groups as Editable[])
    .flatMap((group) => group["rules"] as Editable[]);
  expect(rules.length).toBeGreaterThan(50);
  expect(rules.filter((rule) => "alert" in rule)).toEqual([]);
});

describe("a connection of the stack that is missing", () => {
  /** Takes from a policy all that a predicate finds among its egress rules. */
  const without = (port: number, protocol = "TCP"): readonly string[] => {
    const cut = damageObject(
      production,
      "NetworkPolicy",
      protocol === "UDP" ? "alertmanager" : "prometheus",
      ({ spec }) => {
        for (const rule of spec.egress)
          rule.ports = rule.ports.filter((each: Editable) => each["port"] !== port || each["protocol"] !== protocol);
        spec.egress = spec.egress.filter(({ ports }: Editable) => (ports as unknown as unknown[]).length > 0);
      },
    );
    return requireConnectivity.examine(cut).failures;
  };

  test.each([
    ["to the kubelets", 10_250],
    ["to node-exporter, which is in the network of each node", 9100],
  ])("%s is noticed", (_, port) => {
    expect(without(port).join("\n")).toMatch(
      new RegExp(`observability/prometheus must connect to .*on port ${port}, but a policy denies it`),
    );
  });

  test("over UDP between Alertmanagers is noticed: each would send what another has sent", () => {
    expect(without(9094, "UDP")).toEqual([
      "observability/alertmanager must connect to observability/alertmanager on port 9094 over UDP, but a policy denies it. Open both ends.",
    ]);
  });

  test("is noticed where no descriptor declares it: the kubelets' monitor implies it", () => {
    const connections = production.expected.connections.filter(({ port }) => port !== 10_250);
    const undeclared = { ...production, expected: { ...production.expected, connections } };
    expect(requireConnectivity.examine(undeclared).failures.join("\n")).toMatch(/10250/);
  });
});

describe("node-exporter", () => {
  test("runs on every node, in a namespace of its own that admits it", () => {
    const [daemon] = rendered(production, "node-exporter").filter(({ kind }) => kind === "DaemonSet");
    expect(daemon?.spec.template.spec).toMatchObject({ hostNetwork: true, tolerations: [{ operator: "Exists" }] });
    const levels = production.expected.namespaces.map(({ name, podSecurity }) => [name, podSecurity]);
    expect(levels).toContainEqual(["node-exporter", "privileged"]);
    expect(levels).toContainEqual(["observability", "restricted"]);
  });

  test("is no pod that a policy could select", () => {
    expect(nodesOf(production).map(({ namespace }) => namespace)).not.toContain("node-exporter");
  });
});

test("a monitor of a Service that the operator creates has to have its labels", () => {
  const addons = production.addons.map((addon) =>
    addon.name === NAME ? { ...addon, creates: addon.creates.map((each) => ({ ...each, labels: {} })) } : addon,
  );
  expect(validSelectors.examine(remodel(production, { addons })).failures).toEqual([
    "ServiceMonitor observability/kube-prometheus-stack-kubelet: spec.selector selects nothing in the plan. Correct its labels.",
  ]);
});
