import { describe, expect, test } from "vitest";
import { loadAddonObjects } from "../../k8s/addon-objects.ts";
import { buildApp } from "../../k8s/app.ts";
import { renderObjects, WAVE } from "../../k8s/render.ts";
import { calls, type Service } from "../../platform/service.ts";
import { descriptors, environment, serviceCalled, services } from "../environments.ts";
import type { Editable } from "../plans.ts";
import { pick } from "./objects.ts";

const addonObjects = await loadAddonObjects(descriptors);
const rendered = (name: string, with_: readonly Service[] = services): ReturnType<typeof renderObjects> =>
  renderObjects(buildApp(environment(name), { ...descriptors, services: with_ }, addonObjects));
const manifests = rendered("production").map(({ manifest }) => manifest);

interface Policy {
  metadata: { name: string; namespace: string };
  spec: { podSelector: { matchLabels?: object }; policyTypes: string[]; ingress?: Rule[]; egress?: Rule[] };
}
interface Rule {
  from?: object[];
  to?: object[];
  ports: { port: number; protocol: string }[];
}
const policy = (name: string): Policy["spec"] => pick(manifests, "NetworkPolicy", name).spec as Policy["spec"];
const podsOf = (namespace: string, labels: object): object => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
  podSelector: { matchLabels: labels },
});
const named = (name: string): object => ({ "app.kubernetes.io/name": name });

describe("every namespace", () => {
  const namespaces = manifests.filter(({ kind }) => kind === "Namespace");

  test("enforces a Pod Security level, and warns of what the strictest would refuse", () => {
    for (const { metadata } of namespaces) {
      expect(metadata.labels).toMatchObject({
        "pod-security.kubernetes.io/warn": "restricted",
        "pod-security.kubernetes.io/enforce-version": "v1.35",
      });
    }
    const levels = Object.fromEntries(
      namespaces.map(({ metadata }) => [metadata.name, metadata.labels?.["pod-security.kubernetes.io/enforce"]]),
    );
    expect(levels).toEqual({
      "argo-rollouts": "restricted",
      "aws-load-balancer-controller": "restricted",
      "cluster-autoscaler": "restricted",
      application: "restricted",
      "cert-manager": "restricted",
      data: "restricted",
      "external-dns": "restricted",
      "external-secrets": "restricted",
      gateway: "restricted",
      inference: "restricted",
      "istio-system": "restricted",
      keda: "restricted",
      "node-exporter": "privileged",
      "nvidia-devices": "privileged",
      observability: "restricted",
      "rabbitmq-system": "restricted",
      velero: "restricted",
    });
  });

  test("denies everything in and out before anything is opened", () => {
    for (const { metadata } of namespaces) {
      const deny = manifests.find(
        ({ kind, metadata: own }) =>
          kind === "NetworkPolicy" && own.name === "deny-all" && own.namespace === metadata.name,
      );
      expect(deny?.["spec"], metadata.name).toEqual({ podSelector: {}, policyTypes: ["Ingress", "Egress"] });
    }
  });
});

describe("the API", () => {
  test("is reached by the gateway on http and by Prometheus on metrics, and by nobody else", () => {
    expect(policy("api").ingress).toEqual([
      { from: [podsOf("observability", named("prometheus"))], ports: [{ port: 9080, protocol: "TCP" }] },
      {
        from: [podsOf("gateway", { "gateway.networking.k8s.io/gateway-name": "public" })],
        ports: [{ port: 8080, protocol: "TCP" }],
      },
    ]);
  });

  test("reaches names, its database, Valkey, the egress proxy and the identity agent, and nothing else", () => {
    const ports = policy("api").egress?.map((rule) => rule.ports.map(({ port }) => port));
    expect(ports?.toSorted()).toEqual([[3128], [53, 53], [5432], [6379], [80]]);
  });

  test("opens the gateway's side too", () => {
    expect(policy("gateway").egress).toContainEqual({
      to: [podsOf("application", named("api"))],
      ports: [{ port: 8080, protocol: "TCP" }],
    });
  });

  test("stands behind TLS, with HSTS, a redirect, and connections that stay open", () => {
    const { rules, hostnames, parentRefs } = pick(manifests, "HTTPRoute", "api").spec;
    expect(hostnames).toEqual(["api.promptops.io"]);
    expect(parentRefs).toEqual([{ name: "public", namespace: "gateway", sectionName: "https" }]);
    expect(rules[0].filters[0].responseHeaderModifier.set[0].name).toBe("Strict-Transport-Security");
    expect(rules[0].timeouts).toEqual({ request: "0s" });
    expect(pick(manifests, "HTTPRoute", "https-redirect").spec.rules[0].filters[0].requestRedirect).toEqual({
      scheme: "https",
      statusCode: 301,
    });
    expect(pick(manifests, "Certificate").spec.dnsNames).toEqual(["api.promptops.io"]);
  });
});

test("Let's Encrypt can ask: its route may stand beside the certificate, and the gateway reaches who answers", () => {
  const [http, https] = pick(manifests, "Gateway").spec.listeners;
  const allowed = (listener: Editable): string[] =>
    listener.allowedRoutes.namespaces.selector.matchExpressions[0].values;
  expect(allowed(http)).toEqual(["application", "gateway"]);
  expect(allowed(https)).toEqual(["application"]);
  const solver = {
    from: [podsOf("gateway", { "gateway.networking.k8s.io/gateway-name": "public" })],
    ports: [{ port: 8089, protocol: "TCP" }],
  };
  expect(policy("acme-solver").ingress).toEqual([solver]);
  expect(policy("gateway").egress).toContainEqual({
    to: [podsOf("gateway", { "acme.cert-manager.io/http01-solver": "true" })],
    ports: solver.ports,
  });
});

describe("the worker", () => {
  test("is reached by Prometheus alone", () => {
    expect(policy("worker").ingress).toHaveLength(1);
  });

  test("connects to no address outside the cluster: it has the egress proxy", () => {
    const { egress = [] } = policy("worker");
    expect(egress).toContainEqual({
      to: [podsOf("application", named("egress-proxy"))],
      ports: [{ port: 3128, protocol: "TCP" }],
    });
    expect(
      egress
        .flatMap(({ to = [] }) => to)
        .filter((peer) => "ipBlock" in peer && JSON.stringify(peer).includes("0.0.0.0/0")),
    ).toEqual([]);
  });
});

describe("the egress proxy", () => {
  test("is reached by the API, notifications, the worker, and by Prometheus on the port of its metrics", () => {
    expect(policy("egress-proxy").ingress).toEqual([
      {
        from: ["api", "notifications", "worker"].map((name) => podsOf("application", named(name))),
        ports: [{ port: 3128, protocol: "TCP" }],
      },
      { from: [expect.anything()], ports: [{ port: 9128, protocol: "TCP" }] },
    ]);
  });

  test("connects to every public address over TLS, and to no private or metadata address", () => {
    const out = policy("egress-proxy").egress?.at(-1);
    expect(out?.ports).toEqual([{ port: 443, protocol: "TCP" }]);
    expect(out?.to).toEqual([
      {
        ipBlock: {
          cidr: "0.0.0.0/0",
          except: ["10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"],
        },
      },
    ]);
  });
});

test("Prometheus may scrape what declares metrics: its own side is open too", () => {
  expect(policy("prometheus").egress?.slice(1, 8)).toEqual([
    { to: [podsOf("application", named("analytics"))], ports: [{ port: 9083, protocol: "TCP" }] },
    { to: [podsOf("application", named("api"))], ports: [{ port: 9080, protocol: "TCP" }] },
    { to: [podsOf("application", named("egress-proxy"))], ports: [{ port: 9128, protocol: "TCP" }] },
    { to: [podsOf("application", named("evaluator"))], ports: [{ port: 9084, protocol: "TCP" }] },
    { to: [podsOf("application", named("notifications"))], ports: [{ port: 9085, protocol: "TCP" }] },
    { to: [podsOf("application", named("worker"))], ports: [{ port: 9081, protocol: "TCP" }] },
    { to: [podsOf("inference", named("qwen2-5-7b-instruct"))], ports: [{ port: 8000, protocol: "TCP" }] },
  ]);
});

describe("a stranger's service", () => {
  const api = serviceCalled("api");
  const stranger: Service = {
    ...api,
    name: "reports",
    listens: { http: 7000, metrics: 7001 },
    exposed: { host: "reports", maxBody: "1Mi", websockets: false },
    uses: [calls("api")],
    secrets: [],
    objectives: [],
    release: "rolling",
  };
  const with_ = rendered("production", [...services, stranger]).map(({ manifest }) => manifest);

  test("gets its objects, its host and its certificate by its descriptor alone", () => {
    expect(with_.filter(({ metadata }) => metadata.name === "reports").map(({ kind }) => kind)).toEqual([
      "Deployment",
      "HorizontalPodAutoscaler",
      "HTTPRoute",
      "NetworkPolicy",
      "PodDisruptionBudget",
      "Service",
      "ServiceAccount",
      "ServiceMonitor",
    ]);
    expect(pick(with_, "Certificate").spec.dnsNames).toEqual(["api.promptops.io", "reports.promptops.io"]);
  });

  test("opens both ends of a call: its way out, and the callee's way in", () => {
    expect(pick(with_, "NetworkPolicy", "reports").spec.egress).toContainEqual({
      to: [podsOf("application", named("api"))],
      ports: [{ port: 8080, protocol: "TCP" }],
    });
    const [, http] = pick(with_, "NetworkPolicy", "api").spec.ingress;
    expect(http.from).toContainEqual(podsOf("application", named("reports")));
  });

  test("that reads no secret has none", () => {
    expect(
      with_.filter(({ kind, metadata }) => kind === "ExternalSecret" && metadata.name === "reports-secrets"),
    ).toEqual([]);
    expect(JSON.stringify(pick(with_, "Deployment", "reports").spec.template.spec.volumes)).not.toContain("secret");
  });
});

test.each(["production", "development"])(
  "no list of %s is empty: the API server drops it, and every apply would change it",
  (name) => {
    for (const { path, manifest } of rendered(name)) {
      expect(JSON.stringify(manifest), path).not.toContain(":[]");
    }
  },
);

test("an object's wave is its folder's number", () => {
  for (const { path, manifest } of rendered("production")) {
    expect(Number(manifest.metadata.annotations?.[WAVE])).toBe(Number(path.slice(0, 2)));
  }
});

test("Velero keeps what the seeds ask for: daily at 02:00 for 720 h, and the finer and coarser ones", () => {
  const schedules = manifests
    .filter(({ kind }) => kind === "Schedule")
    .map(({ metadata, ...each }) => [
      metadata.name,
      (each["spec"] as { schedule: string }).schedule,
      (each["spec"] as { template: { ttl: string } }).template.ttl,
    ]);
  expect(schedules).toEqual([
    ["daily", "0 2 * * *", "720h0m0s"],
    ["hourly", "0 * * * *", "24h0m0s"],
    ["monthly", "0 4 1 * *", "8760h0m0s"],
    ["weekly", "0 3 * * 0", "672h0m0s"],
  ]);
});

test("a local environment runs Postgres in the cluster, and reaches it there", () => {
  const local = rendered("development").map(({ manifest }) => manifest);
  expect(pick(local, "Cluster", "postgres").spec).toMatchObject({
    instances: 1,
    storage: { size: "10Gi", storageClass: "fast-ssd" },
    enablePDB: false,
  });
  expect(pick(local, "NetworkPolicy", "api").spec.egress[1].to).toEqual([
    podsOf("data", { "cnpg.io/cluster": "postgres" }),
  ]);
  expect(local.filter(({ kind }) => kind === "Schedule")).toEqual([]);
});

test("the job that makes databases gives each service that asked for one a bounded role", () => {
  const script = pick(manifests, "ConfigMap", "database-roles").data["database-roles.sh"] as string;
  // api: 10 connections x 25 replicas with a rollout under way; worker: 5 x 63.
  expect(script).toContain("login promptops_api api 400");
  expect(script).toContain("login promptops_worker worker 315");
  expect(script).toContain("login promptops_analytics analytics 39");
  expect(script).toContain("login promptops_evaluator evaluator 12");
});
