import { describe, expect, test } from "vitest";
import { clusterAutoscaler } from "../../addons/cluster-autoscaler/addon.ts";
import type { ApplicationDelivery } from "../../platform/addon.ts";
import { factsOf } from "../../platform/clouds.ts";
import { fillHoles } from "../../platform/hole.ts";
import type { Environment } from "../../platform/environment.ts";
import type { Plan } from "../../plan/model/plan.ts";
import { requireAlerts } from "../../proofs/require-alerts.ts";
import { requireConnectivity } from "../../proofs/require-connectivity.ts";
import { requireSecretSource } from "../../proofs/require-secret-source.ts";
import { validOrder } from "../../proofs/valid-order.ts";
import { validSelectors } from "../../proofs/valid-selectors.ts";
import { type Editable, damageObject, planOf, withoutObject } from "../plans.ts";

const [production, development] = [await planOf("production"), await planOf("development")];

const renderedBy = ({ addons }: Plan, name: string, wanted: string): Editable[] =>
  (addons.find((each) => each.name === name)?.objects ?? []).filter(({ kind }) => kind === wanted);

const replicasOf = (plan: Plan, addon: string): number[] =>
  renderedBy(plan, addon, "Deployment").map(({ spec }) => spec.replicas as number);

describe("a pod of an operator", () => {
  test.each([
    ["external-secrets", "external-secrets"],
    ["external-secrets", "external-secrets-webhook"],
    ["external-secrets", "external-secrets-cert-controller"],
    ["keda", "keda-operator"],
    ["keda", "keda-operator-metrics-apiserver"],
    ["keda", "keda-admission-webhooks"],
    ["argo-rollouts", "argo-rollouts"],
    ["cluster-autoscaler", "cluster-autoscaler"],
    ["aws-load-balancer-controller", "aws-load-balancer-controller"],
  ])("needs its connections: %s/%s", (namespace, name) => {
    const cut = withoutObject(production, "NetworkPolicy", name);
    expect(requireConnectivity.examine(cut).failures.join("\n")).toContain(`${namespace}/${name} `);
  });

  test("is one of two in a protected environment, and alone in development", () => {
    expect(replicasOf(production, "external-secrets")).toEqual([2, 2, 2]);
    expect(replicasOf(production, "keda")).toEqual([2, 2, 2]);
    expect(replicasOf(production, "argo-rollouts")).toEqual([2]);
    expect(replicasOf(production, "cluster-autoscaler")).toEqual([2]);
    expect(replicasOf(production, "aws-load-balancer-controller")).toEqual([2]);
    expect(replicasOf(development, "external-secrets")).toEqual([1, 1, 1]);
  });

  test("is told to elect a leader where another one runs", () => {
    const arguments_ = (plan: Plan): string[] =>
      renderedBy(plan, "external-secrets", "Deployment").flatMap(
        ({ spec }) => spec.template.spec.containers[0].args as string[],
      );
    const election = "--enable-leader-election=true";
    // Of the three, a webhook needs no leader.
    expect(arguments_(production).filter((each) => each === election)).toHaveLength(2);
    expect(arguments_(development)).not.toContain(election);
  });
});

test.each([
  ["external-secrets", "external-secrets.io/ExternalSecret"],
  ["keda", "keda.sh/ScaledObject"],
  ["argo-rollouts", "argoproj.io/Rollout"],
])("%s is applied before objects of %s", (name, kind) => {
  const without = withoutObject(production, "Application", name);
  expect(validOrder.examine(without).failures.join("\n")).toContain(
    `needs the definition of ${kind} from add-on ${name}`,
  );
});

test.each([
  ["external-secrets", "external-secrets-webhook"],
  ["keda", "kedaorg-certs"],
])("the certificate of the webhook of %s is one that it makes itself", (name, secret) => {
  const addons = production.addons.map((each) => (each.name === name ? { ...each, makes: [] } : each));
  expect(requireSecretSource.examine({ ...production, addons }).failures).toContainEqual(
    expect.stringContaining(`refers to secret ${name}/${secret}, but nothing creates it`),
  );
});

test.each([
  ["external-secrets", "a secret is no longer brought up to date"],
  ["cluster-autoscaler", "no node can be added"],
  ["cluster-autoscaler", "the cluster autoscaler stops looking for pods without a node"],
  ["aws-load-balancer-controller", "the load balancer of a Service cannot be made or changed"],
])("an alert of %s tells when %s", (name, failure) => {
  const silent = withoutObject(production, "PrometheusRule", name);
  expect(requireAlerts.examine(silent).failures).toContainEqual(
    expect.stringContaining(`No alert fires when ${failure}.`),
  );
});

describe("the cluster autoscaler", () => {
  const placement = { pool: "application", spreadOver: [] };
  const container = (plan: Plan): Editable =>
    renderedBy(plan, "cluster-autoscaler", "Deployment")[0].spec.template.spec.containers[0];

  test("finds the groups of its cluster in its region, and removes nodes after five minutes", () => {
    expect(container(production).command).toEqual(
      expect.arrayContaining([
        "--node-group-auto-discovery=asg:tag=k8s.io/cluster-autoscaler/enabled,k8s.io/cluster-autoscaler/promptops-production",
        ...[
          "--scale-down-unneeded-time=5m",
          "--scale-down-delay-after-add=5m",
          "--skip-nodes-with-local-storage=false",
        ],
      ]),
    );
    expect(container(production).env).toContainEqual({ name: "AWS_REGION", value: "eu-central-1" });
  });

  test("has the image of the cluster's own minor, and refuses a cluster without one", () => {
    const { values } = clusterAutoscaler.delivery as ApplicationDelivery<object>;
    const imageFor = (version: string): string => {
      const own = { name: "a", domain: "a.example", kubernetes: { version }, region: "a-1" };
      const context = { environment: own, options: {}, cloud: factsOf({ cloud: "aws" }), placement, protect: true };
      return (fillHoles(values?.(context)) as Editable).image.tag as string;
    };
    expect(container(production).image).toBe("registry.k8s.io/autoscaling/cluster-autoscaler:v1.35.2");
    expect([imageFor("1.35"), imageFor("1.36")]).toEqual(["v1.35.2", "v1.36.1"]);
    expect(clusterAutoscaler.requires?.({ kubernetes: { version: "1.34" } } as Environment, [])).toEqual([
      expect.objectContaining({ path: "kubernetes.version", value: "1.34" }),
    ]);
  });

  test("is scraped at the port that its container has, by number", () => {
    const damaged = damageObject(production, "PodMonitor", "cluster-autoscaler", ({ spec }) => {
      spec.podMetricsEndpoints[0].portNumber = 8086;
    });
    expect(validSelectors.examine(damaged).failures).toContainEqual(
      expect.stringContaining("scrapes port '8086', which nothing that it selects has"),
    );
  });
});

test("the load balancer controller needs what issues its certificate before its own wave", () => {
  const addons = production.addons.filter(({ name }) => name !== "cert-manager");
  expect(validOrder.examine({ ...production, addons }).failures).toContainEqual(
    expect.stringMatching(/^Add-on aws-load-balancer-controller needs the definition of cert-manager.io\/Certificate/),
  );
});

describe("the plug-in of Argo Rollouts", () => {
  test("has the name by which Rollouts ask for it, at the place where it is copied to", () => {
    const { kustomize } = production.objects.map(({ manifest }) => manifest as Editable).find(isApplication)
      .spec.source;
    const patchOf = (kind: string): Editable =>
      JSON.parse(kustomize.patches.find(({ target }: Editable) => target.kind === kind).patch as string);
    const [plugin] = JSON.parse(patchOf("ConfigMap").data.trafficRouterPlugins as string) as Editable[];
    const { initContainers, containers } = patchOf("Deployment").spec.template.spec;
    const [command, file, folder] = initContainers[0].command as string[];
    expect([command, containers[0].volumeMounts[0].mountPath]).toEqual(["cp", folder]);
    expect(plugin.location).toBe(`file://${folder}/${file?.split("/").at(-1)}`);
    const rollout = production.objects
      .map(({ manifest }) => manifest as Editable)
      .find(({ kind }) => kind === "Rollout");
    expect(Object.keys(rollout.spec.strategy.canary.trafficRouting.plugins as object)).toEqual([plugin.name]);
  });

  test("may read and update HTTPRoutes, and do nothing else with the gateway's kinds", () => {
    const rules = renderedBy(production, "argo-rollouts", "ClusterRole").flatMap(({ rules: all }) => all as Editable[]);
    expect(rules.filter(({ apiGroups }) => apiGroups.includes("gateway.networking.k8s.io"))).toEqual([
      { apiGroups: ["gateway.networking.k8s.io"], resources: ["httproutes"], verbs: ["get", "update"] },
    ]);
  });
});

const isApplication = ({ kind, metadata }: Editable): boolean =>
  kind === "Application" && metadata.name === "argo-rollouts";
