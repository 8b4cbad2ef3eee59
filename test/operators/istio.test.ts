import { chmodSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { output } from "../../addons/recording/files.ts";
import { ensureRenderers } from "../../addons/recording/programs.ts";
import { objectsIn } from "../../addons/recording/rendered-objects.ts";
import type { OperatedPods } from "../../plan/model/operated.ts";
import { bytes, millicores } from "../../platform/quantity.ts";
import { type Editable, planOf } from "../plans.ts";
import { ensureIstiod } from "../cluster/binaries.ts";
import { eventually, type KubeObject } from "../cluster/client.ts";
import { type Cluster, startCluster } from "../cluster/cluster.ts";
import { downloaded } from "../cluster/go-modules.ts";

/**
 * istiod with the configuration and the rights that its chart gives it, on the API server with the definitions of the Gateway API's
 * release. The API server cannot call its webhook here, so that is left out.
 */
const NAMESPACE = "istio-system";
const GATEWAY = "public-istio";

const plan = await planOf("production");
const described = plan.operatedPods.find(({ by }) => by === "Gateway gateway/public") as OperatedPods;
let cluster: Cluster;

const addonNamed = (name: string): (typeof plan.addons)[number] => {
  const found = plan.addons.find((addon) => addon.name === name);
  if (!found) throw new Error(`The plan has no add-on '${name}'.`);
  return found;
};

/** What a chart of Istio's tree renders with the values of the plan. The release sets hub and tag in its values.yaml. */
async function rendered(name: string, chart: string): Promise<KubeObject[]> {
  const { helm } = await ensureRenderers();
  const { source, version = "" } = addonNamed(name);
  const values = JSON.stringify(source?.values);
  const file = join(cluster.folder, `${name}.json`);
  writeFileSync(file, values);
  const image = ["--set", `global.hub=docker.io/istio,global.tag=${version}`];
  const text = output(helm, ["template", name, chart, "--namespace", NAMESPACE, "--values", file, ...image]);
  return objectsIn(text, NAMESPACE) as unknown as KubeObject[];
}

function gatewayApi(): KubeObject[] {
  const { Dir } = downloaded(`sigs.k8s.io/gateway-api@${addonNamed("gateway-api").version ?? ""}`);
  const folder = join(Dir, "config", "crd", "standard");
  return readdirSync(folder)
    .filter((file) => !file.includes("vap"))
    .map((file) => parse(readFileSync(join(folder, file), "utf8")) as KubeObject);
}

/** Runs istiod as its Deployment does, on free ports. */
async function runIstiod(program: string, deployment: Editable): Promise<void> {
  const { serviceAccountName, containers } = deployment.spec.template.spec;
  const [{ args, env }] = containers as [{ args: string[]; env: { name: string; value?: string }[] }];
  const variables = [
    ...env.filter(({ name, value }) => value !== undefined && name !== "KUBECONFIG"),
    { name: "POD_NAME", value: "istiod-0" },
    { name: "POD_NAMESPACE", value: NAMESPACE },
    { name: "SERVICE_ACCOUNT", value: serviceAccountName as string },
  ].map(({ name, value = "" }) => `export ${name}='${value}'`);
  // It keeps its certificate in folders below the one that it runs in.
  const script = ["#!/bin/sh", `cd '${cluster.folder}'`, ...variables, `exec '${program}' "$@"`].join("\n");
  const file = join(cluster.folder, "istiod");
  writeFileSync(file, `${script}\n`);
  chmodSync(file, 0o755);
  const addresses = ["httpAddr", "httpsAddr", "grpcAddr", "secureGRPCAddr", "monitoringAddr"];
  await cluster.runAs(
    { namespace: NAMESPACE, name: serviceAccountName as string },
    file,
    ...args.filter((each) => !each.startsWith("--monitoringAddr")),
    ...addresses.map((flag) => `--${flag}=127.0.0.1:0`),
    "--ctrlz_port=0",
  );
}

const LEFT_OUT = new Set(["Deployment", "ValidatingWebhookConfiguration", "CustomResourceDefinition"]);

beforeAll(async () => {
  const { program, charts } = await ensureIstiod();
  cluster = await startCluster(gatewayApi());
  const base = await rendered("istio-base", join(charts, "base"));
  const control = await rendered("istio", join(charts, "istio-control", "istio-discovery"));
  const ours = plan.objects.map(({ manifest }) => manifest as unknown as KubeObject);
  await cluster.apply([
    ...base.filter(({ kind }) => kind === "CustomResourceDefinition"),
    ...ours.filter(({ kind }) => kind === "Namespace"),
    ...[...base, ...control].filter(({ kind }) => !LEFT_OUT.has(kind)),
    ...ours.filter(({ kind, metadata }) => kind === "ConfigMap" && metadata.name === "gateway-parameters"),
    ...ours.filter(({ kind }) => ["Gateway", "HTTPRoute", "EnvoyFilter"].includes(kind)),
  ]);
  await runIstiod(program, control.find(({ kind }) => kind === "Deployment") as Editable);
});
afterAll(() => cluster.stop());

async function made(path: string): Promise<Editable> {
  return eventually(`${path} to exist`, async () => {
    const { status, body } = await cluster.client.call(path);
    return status === 200 ? (body as Editable) : undefined;
  });
}
const deploymentOf = (): Promise<Editable> => made(`/apis/apps/v1/namespaces/gateway/deployments/${GATEWAY}`);

describe("istiod makes of the Gateway", () => {
  test("pods as they are described: labels, ports, requests and where they run", async () => {
    const { template } = (await deploymentOf()).spec;
    const [{ ports, resources, image }] = template.spec.containers;
    expect(template.metadata.labels).toMatchObject(described.labels);
    const listeners = [80, 443];
    expect(ports.map(({ containerPort }: Editable) => containerPort as number).toSorted()).toEqual(
      described.ports.filter((port) => !listeners.includes(port)).toSorted(),
    );
    const { cpu, memory } = resources.requests;
    expect({ cpu: millicores(cpu), memory: bytes(memory) }).toEqual({
      cpu: described.requests.cpu,
      memory: described.requests.memory,
    });
    const { nodeSelector, tolerations, topologySpreadConstraints } = template.spec;
    expect({ nodeSelector, tolerations, topologySpreadConstraints }).toEqual({
      nodeSelector: described.nodeSelector,
      tolerations: described.tolerations,
      topologySpreadConstraints: described.topologySpreadConstraints,
    });
    expect(image).toBe(`docker.io/istio/proxyv2:${addonNamed("istio").version ?? ""}`);
  });

  test("an autoscaler and a budget", async () => {
    const { spec: scaler } = await made(`/apis/autoscaling/v2/namespaces/gateway/horizontalpodautoscalers/${GATEWAY}`);
    expect({ min: scaler.minReplicas, max: scaler.maxReplicas }).toEqual(described.replicas);
    const { spec: budget } = await made(`/apis/policy/v1/namespaces/gateway/poddisruptionbudgets/${GATEWAY}`);
    expect(budget.maxUnavailable).toBe("25%");
  });

  test("a Service for the cloud's load balancer", async () => {
    const { metadata, spec } = await made(`/api/v1/namespaces/gateway/services/${GATEWAY}`);
    expect(spec.type).toBe("LoadBalancer");
    expect(spec.ports.map(({ port }: Editable) => port as number)).toEqual(expect.arrayContaining([80, 443]));
    expect(metadata.annotations).toMatchObject({ "service.beta.kubernetes.io/aws-load-balancer-type": "external" });
  });
});

test("the gateway's pods are admitted at the level of their namespace, and would not be without their seccomp profile", async () => {
  const { template } = (await deploymentOf()).spec;
  await eventually("the smallest number of pods", async () => {
    const pods = await cluster.client.list("/api/v1/namespaces/gateway/pods");
    return pods.length >= described.replicas.min ? true : undefined;
  });
  delete template.spec.securityContext.seccompProfile;
  const { status, body } = await cluster.client.call("/api/v1/namespaces/gateway/pods?dryRun=All", {
    method: "POST",
    body: { apiVersion: "v1", kind: "Pod", metadata: { ...template.metadata, name: "other" }, spec: template.spec },
  });
  expect(status).toBe(403);
  expect(body.message).toMatch(/violates PodSecurity "restricted.*seccompProfile/);
});
