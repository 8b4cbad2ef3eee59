import { describe, expect, test } from "vitest";
import { healthProbes } from "../../k8s/constructs/containers.ts";
import { tcp, workload } from "../../k8s/constructs/network-peers.ts";
import { StatefulWorkload, type StatefulWorkloadProps } from "../../k8s/constructs/stateful-workload.ts";
import { pick, render, schemaFaults } from "./objects.ts";

const props: StatefulWorkloadProps = {
  namespace: "application",
  name: "index",
  image: "registry.example/index:v1.0.0",
  version: "v1.0.0",
  placement: { pool: "data", spreadOver: ["topology.kubernetes.io/zone"] },
  ports: { http: 7000, metrics: 7001 },
  probes: healthProbes("http"),
  resources: { requests: { cpu: "100m", memory: "64Mi" }, limits: { cpu: "1", memory: "128Mi" } },
  replicas: 3,
  claims: [{ name: "data", mountPath: "/data", storage: "10Gi", storageClass: "fast" }],
  drain: 30,
};
const stateful = (changes: Partial<StatefulWorkloadProps> = {}): ReturnType<typeof render> =>
  render((layer) => new StatefulWorkload(layer, "index", { ...props, ...changes }));
const manifests = stateful();
const { spec } = pick(manifests, "StatefulSet");

test("a stateful workload is these objects, and they pass the schemas of Kubernetes", async () => {
  expect(manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
    "NetworkPolicy index",
    "PodDisruptionBudget index",
    "Service index-replicas",
    "Service index",
    "ServiceAccount index",
    "ServiceMonitor index",
    "StatefulSet index",
  ]);
  expect(await schemaFaults(manifests)).toEqual([]);
});

test("each replica has a volume of its own, where it is mounted", () => {
  expect(spec.volumeClaimTemplates).toEqual([
    {
      metadata: { name: "data" },
      spec: { accessModes: ["ReadWriteOnce"], storageClassName: "fast", resources: { requests: { storage: "10Gi" } } },
    },
  ]);
  expect(spec.template.spec.containers[0].volumeMounts).toContainEqual({ name: "data", mountPath: "/data" });
});

test("each replica has a DNS name before it is ready, by the headless Service that the StatefulSet names", () => {
  expect(pick(manifests, "Service", spec.serviceName).spec).toMatchObject({
    clusterIP: "None",
    publishNotReadyAddresses: true,
    selector: { "app.kubernetes.io/name": "index" },
  });
});

test("Prometheus finds each pod once: by the Service of requests", () => {
  const scraped = (name: string): unknown => pick(manifests, "Service", name).metadata.labels["promptops.dev/scraped"];
  expect([scraped("index"), scraped("index-replicas")]).toEqual(["true", undefined]);
});

test("its pods stop like a Workload's, and wait five minutes on a lost node for their volume", () => {
  expect(spec.template.spec.containers[0].lifecycle).toEqual({ preStop: { sleep: { seconds: 5 } } });
  for (const { tolerationSeconds } of spec.template.spec.tolerations) expect(tolerationSeconds).toBe(300);
  expect(spec.template.spec.topologySpreadConstraints[0].matchLabelKeys).toEqual(["controller-revision-hash"]);
});

describe("its replicas", () => {
  test("reach only what they are said to reach, and one another only then", () => {
    const { ingress, egress } = pick(manifests, "NetworkPolicy").spec;
    expect([ingress, egress.length]).toEqual([undefined, 1]);
    const itself = { peers: [workload("application", "index")], ports: tcp(7000) };
    const { spec: opened } = pick(stateful({ from: [itself], to: [itself] }), "NetworkPolicy");
    expect([opened.ingress[0].from, opened.egress[1].to]).toEqual([itself.peers, itself.peers]);
  });

  test("have no budget when there is one", () => {
    expect(stateful({ replicas: 1 }).map(({ kind }) => kind)).not.toContain("PodDisruptionBudget");
  });

  test.each([0, 1.5])("cannot be %s", (replicas) => {
    expect(() => stateful({ replicas })).toThrow(`services/index: 'replicas' is ${replicas}`);
  });
});

test("a volume called like a claim is refused", () => {
  expect(() => stateful({ volumes: [{ name: "data", emptyDir: {} }] })).toThrow("two volumes are called 'data'");
});
