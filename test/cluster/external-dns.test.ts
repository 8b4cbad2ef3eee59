import { createServer, type IncomingMessage, type Server } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { closePort, portOfServer } from "../../services/shared/runtime/probes.ts";
import { type Editable, freshPlan, planOf } from "../plans.ts";
import { ensureExternalDns } from "./binaries.ts";
import { eventually, type KubeObject } from "./client.ts";
import { type Cluster, startCluster } from "./cluster.ts";

/**
 * external-dns as its chart renders it, with the rights that its chart gives it, on the API server. The zone is the test's: it speaks
 * external-dns' webhook instead of a cloud's API, and routes and the Gateway have the status that Istio would give them.
 */
const ROUTES = "/apis/gateway.networking.k8s.io/v1/namespaces/application/httproutes";
const GATEWAY = "/apis/gateway.networking.k8s.io/v1/namespaces/gateway/gateways/public";
const MEDIA_TYPE = "application/external.dns.webhook+json;version=1";
const ADDRESS = "203.0.113.7";

interface DnsRecord {
  readonly dnsName: string;
  readonly recordType: string;
  readonly targets: readonly string[];
}

interface Changes {
  readonly create?: readonly DnsRecord[];
  readonly updateNew?: readonly DnsRecord[];
  readonly delete?: readonly DnsRecord[];
}

let cluster: Cluster;
let zone: Server;
/** A record by hand, which is somebody's. */
const records: DnsRecord[] = [{ dnsName: "www.promptops.io", recordType: "A", targets: ["198.51.100.1"] }];
const changes: Changes[] = [];
let looks = 0;

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  return body;
}

/** https://kubernetes-sigs.github.io/external-dns/latest/docs/tutorials/webhook-provider/ */
async function answer(request: IncomingMessage): Promise<string | undefined> {
  const body = await bodyOf(request);
  if (request.url === "/adjustendpoints") return body;
  if (request.url !== "/records") return "{}";
  if (request.method === "GET") {
    looks += 1;
    return JSON.stringify(records);
  }
  const change = JSON.parse(body) as Changes;
  changes.push(change);
  records.push(...(change.create ?? []));
  return undefined;
}

beforeAll(async () => {
  const program = await ensureExternalDns();
  zone = createServer((request, response) => {
    void answer(request).then((body) => {
      response.writeHead(body === undefined ? 204 : 200, { "content-type": MEDIA_TYPE }).end(body);
    });
  });
  await new Promise<void>((resolve) => void zone.listen(0, "127.0.0.1", resolve));

  cluster = await startCluster();
  const plan = await planOf("production");
  const addon = plan.addons.find(({ name }) => name === "external-dns");
  const ours = plan.objects.map(({ manifest }) => manifest);
  const recorded = addon?.objects ?? [];
  await cluster.apply([
    ...ours.filter(({ kind }) => kind === "Namespace"),
    ...ours.filter(({ kind }) => ["Gateway", "HTTPRoute"].includes(kind)),
    ...recorded.filter(({ kind }) => ["ServiceAccount", "ClusterRole", "ClusterRoleBinding"].includes(kind)),
  ]);
  const deployment = recorded.find(({ kind }) => kind === "Deployment") as Editable;
  const [{ args }] = deployment.spec.template.spec.containers as [{ args: string[] }];
  await cluster.runAs(
    { namespace: "external-dns", name: deployment.spec.template.spec.serviceAccountName },
    program,
    ...args.filter((flag) => !/^--(provider|interval)=/.test(flag)),
    ...["--provider=webhook", `--webhook-provider-url=http://127.0.0.1:${portOfServer(zone)}`],
    ...["--interval=1s", "--metrics-address=127.0.0.1:0"],
  );
});
afterAll(async () => {
  await cluster.stop();
  await closePort(zone);
});

const accepted = (generation: number | undefined): object => ({
  type: "Accepted",
  status: "True",
  reason: "Accepted",
  message: "",
  lastTransitionTime: "2026-11-29T00:00:00Z",
  observedGeneration: generation ?? 1,
});

/** What Istio says once the load balancer is there. */
async function acceptRoutes(): Promise<void> {
  const routes = await cluster.client.list(ROUTES);
  for (const { metadata, spec } of routes as (KubeObject & { spec: Editable })[]) {
    const parents = spec.parentRefs.map((parentRef: object) => ({
      parentRef,
      controllerName: "istio.io/gateway-controller",
      conditions: [accepted(metadata.generation)],
    }));
    await cluster.client.merge(`${ROUTES}/${metadata.name}/status`, { status: { parents } });
  }
  const addresses = [{ type: "IPAddress", value: ADDRESS }];
  await cluster.client.merge(`${GATEWAY}/status`, { status: { addresses } });
}

/** Resolves once it has looked at the zone so many times more: it looks once per run. */
async function looked(times: number): Promise<void> {
  const from = looks;
  await eventually(`${times} looks at the zone`, () => Promise.resolve(looks >= from + times ? true : undefined));
}

test("a host has a record of the gateway's address and a mark once it is served, and none before", async () => {
  await looked(2);
  expect(changes).toEqual([]);
  await acceptRoutes();
  await eventually("a change", () => Promise.resolve(changes[0]));
  const created = changes.flatMap(({ create = [] }) => create);
  expect(created.map(({ dnsName, recordType }) => `${recordType} ${dnsName}`).toSorted()).toEqual([
    "A api.promptops.io",
    "TXT a-api.promptops.io",
  ]);
  expect(created.find(({ recordType }) => recordType === "A")?.targets).toEqual([ADDRESS]);
  expect(created.find(({ recordType }) => recordType === "TXT")?.targets.join()).toContain(
    "external-dns/owner=promptops-production",
  );
});

test("a name of another domain, and one that somebody has, get no record", async () => {
  const [route] = await cluster.client.list(ROUTES);
  await cluster.client.merge(`${ROUTES}/${route?.metadata.name ?? ""}`, {
    spec: { hostnames: ["api.promptops.io", "api.example.com", "www.promptops.io"] },
  });
  await acceptRoutes();
  await looked(3);
  expect(changes).toHaveLength(1);
});

test("a host that is no longer served keeps its record", async () => {
  for (const { metadata } of await cluster.client.list(ROUTES))
    await cluster.client.call(`${ROUTES}/${metadata.name}`, { method: "DELETE" });
  await looked(3);
  expect(changes.flatMap(({ delete: deleted = [] }) => deleted)).toEqual([]);
  expect(records.map(({ dnsName }) => dnsName)).toContain("api.promptops.io");
});

test("with a CDN, the origin has a record of the gateway's address, and hosts have none", async () => {
  const { objects } = await freshPlan("production", {
    ...{ domain: "behind.promptops.io", cdn: {}, "certificates.challenge": "dns-01" },
  });
  const manifests = objects.map(({ manifest }) => manifest);
  await cluster.apply(manifests.filter(({ kind }) => ["Gateway", "HTTPRoute"].includes(kind)));
  const before = changes.length;
  await acceptRoutes();
  await eventually("a change", () => Promise.resolve(changes[before]));
  await looked(3);
  const created = changes.slice(before).flatMap(({ create = [] }) => create);
  expect(created.filter(({ recordType }) => recordType === "A")).toMatchObject([
    { dnsName: "origin.behind.promptops.io", targets: [ADDRESS] },
  ]);
});
