import { describe, expect, test } from "vitest";
import { kindCluster } from "../../infra/local/kind.ts";
import { known } from "../../plan/model/recorded.ts";
import { environment } from "../environments.ts";
import { planOf } from "../plans.ts";

const { resources, fallbacks, nodeGroups } = await planOf("development");

test("no cloud resource is declared", () => {
  expect(resources.filter(({ type }) => type.startsWith("aws:") || type.startsWith("linode:"))).toEqual([]);
});

test("the declared nodes are what the plan counts on", () => {
  expect(nodeGroups.map(({ zone, min, max }) => ({ zone, min, max }))).toEqual(
    ["zone-a", "zone-b", "zone-c"].map((zone) => ({ zone, min: 1, max: 1 })),
  );
});

describe("the secret store", () => {
  test("is a namespace of Secrets, named after their paths", () => {
    const names = resources
      .filter(({ type }) => type === "kubernetes:core/v1:Secret")
      .map((secret) => known(secret, "metadata.name"));
    expect(names.toSorted()).toEqual([
      "promptops-development.analytics.database",
      "promptops-development.analytics.database-password",
      "promptops-development.api.administrator",
      "promptops-development.api.administrator-password",
      "promptops-development.api.custom-model-key",
      "promptops-development.api.database",
      "promptops-development.api.database-password",
      "promptops-development.api.jwt-signing-key",
      "promptops-development.api.migrator",
      "promptops-development.api.migrator-password",
      "promptops-development.database.admin",
      "promptops-development.database.admin-password",
      "promptops-development.evaluator.database",
      "promptops-development.evaluator.database-password",
      "promptops-development.grafana.admin",
      "promptops-development.notifications.database",
      "promptops-development.notifications.database-password",
      "promptops-development.worker.database",
      "promptops-development.worker.database-password",
    ]);
  });

  test("is read by one ServiceAccount, which may do nothing else", () => {
    const role = resources.find(({ type }) => type === "kubernetes:rbac.authorization.k8s.io/v1:Role");
    expect(role && known(role, "rules")).toEqual([
      { apiGroups: [""], resources: ["secrets"], verbs: ["get", "list", "watch"] },
      { apiGroups: ["authorization.k8s.io"], resources: ["selfsubjectrulesreviews"], verbs: ["create"] },
    ]);
  });
});

test("preferences that neither the cloud nor an add-on can meet are listed, each with its fallback", () => {
  expect(fallbacks.map(({ preference, fallback }) => [preference, fallback])).toEqual([
    ["managed Postgres", "Postgres in the cluster"],
    ["keys of our own for encryption at rest", "whatever the cluster's owner encrypts"],
    ["backups to object storage", "none: what is on a local cluster can be lost"],
    ["a bucket for archives", "none: executions stay in Postgres"],
    [
      "service analytics: replicas by rabbitmq_queue_messages",
      "fixed at 2: no metric-scaling (keda), no messages (rabbitmq)",
    ],
    ["service api at api.promptops.localhost", "no gateway (istio): kubectl port-forward"],
    ["service api: canary release", "rolling: no rollouts (argo-rollouts), no gateway (istio)"],
    ["service evaluator: replicas by promptops_queue_depth", "fixed at 1: no metric-scaling (keda)"],
    ["service worker: replicas by promptops_queue_depth", "fixed at 2: no metric-scaling (keda)"],
  ]);
});

test("kind makes the nodes that are declared", () => {
  const { nodes } = kindCluster(environment("development")) as {
    nodes: { role: string; image: string; labels?: Record<string, string> }[];
  };
  expect(nodes.map(({ role }) => role)).toEqual(["control-plane", "worker", "worker", "worker"]);
  expect(nodes[1]?.labels).toEqual({
    workload: "application",
    generation: "1",
    spot: "false",
    "topology.kubernetes.io/zone": "zone-a",
  });
  expect(nodes.every(({ image }) => image.startsWith("kindest/node:v1.35"))).toBe(true);
});
