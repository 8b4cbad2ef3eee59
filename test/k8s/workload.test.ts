import { describe, expect, test } from "vitest";
import { Workload, type WorkloadProps } from "../../k8s/constructs/workload.ts";
import { cpu, gauge, memory } from "../../platform/signals.ts";
import { pick, render } from "./objects.ts";

const props: WorkloadProps = {
  namespace: "application",
  name: "web",
  image: "registry.example/web:v1.0.0",
  version: "v1.0.0",
  placement: { pool: "application", spreadOver: ["topology.kubernetes.io/zone", "spot", "kubernetes.io/hostname"] },
  ports: { http: 7000, metrics: 7001 },
  probePort: "http",
  resources: { requests: { cpu: "100m", memory: "64Mi" }, limits: { cpu: "1", memory: "128Mi" } },
  scale: {
    replicas: { min: 2, max: 8 },
    on: [cpu(70), memory(80)],
    profile: "steady",
    prometheus: "http://prometheus:9090",
  },
  drain: 30,
};
const depth = { name: "depth", type: "gauge", help: "", labels: ["queue"] } as const;
const workload = (changes: Partial<WorkloadProps> = {}): ReturnType<typeof render> =>
  render((layer) => new Workload(layer, "web", { ...props, ...changes }));
const manifests = workload({ secret: "web-secrets" });
const { template, ...deployment } = pick(manifests, "Deployment").spec;
const [container] = template.spec.containers;

test("a workload is these objects, all named after it", () => {
  expect(manifests.map(({ kind, metadata }) => [kind, metadata.name])).toEqual(
    [
      "Deployment",
      "HorizontalPodAutoscaler",
      "NetworkPolicy",
      "PodDisruptionBudget",
      "Service",
      "ServiceAccount",
      "ServiceMonitor",
    ].map((kind) => [kind, "web"]),
  );
});

describe("its pods", () => {
  test("keep Pod Security's restricted level", () => {
    expect(template.spec.securityContext).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: "RuntimeDefault" },
    });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
  });

  test("get no token of the API server, and no addresses of other Services", () => {
    expect(template.spec).toMatchObject({ automountServiceAccountToken: false, enableServiceLinks: false });
  });

  test("answer three probes of their own", () => {
    const paths = ["startupProbe", "livenessProbe", "readinessProbe"].map((probe) => container[probe].httpGet);
    expect(paths).toEqual(["startup", "live", "ready"].map((name) => ({ path: `/health/${name}`, port: "http" })));
  });

  test("have time: what routes still send, what is under way, and a margin fit into the grace period", () => {
    const before = Number(container.lifecycle.preStop.sleep.seconds);
    expect(template.spec.terminationGracePeriodSeconds).toBeGreaterThan(before + props.drain);
  });

  test("state what they take", () => {
    expect(container.resources).toEqual({
      requests: { cpu: "100m", memory: "64Mi" },
      limits: { cpu: "1", memory: "128Mi" },
    });
  });

  test("stand on their pool, spread over zones, nodes, and nodes that the cloud may take back", () => {
    expect(template.spec.nodeSelector).toEqual({ workload: "application" });
    const keys = template.spec.topologySpreadConstraints.map((each: { topologyKey: string }) => each.topologyKey);
    expect(keys).toEqual(["topology.kubernetes.io/zone", "spot", "kubernetes.io/hostname"]);
  });

  test("leave a node that is lost after half a minute, not after Kubernetes' five", () => {
    expect(template.spec.tolerations).toEqual(
      ["unreachable", "not-ready"].map((state) => ({
        key: `node.kubernetes.io/${state}`,
        operator: "Exists",
        effect: "NoExecute",
        tolerationSeconds: 30,
      })),
    );
  });

  test("read secrets as files that their group alone may read, never from the environment", () => {
    expect(template.spec.volumes).toContainEqual({
      name: "secrets",
      secret: { secretName: "web-secrets", defaultMode: 0o440 },
    });
    expect(container.volumeMounts).toContainEqual({
      name: "secrets",
      mountPath: "/etc/promptops/secrets",
      readOnly: true,
    });
    expect(JSON.stringify(container.env ?? [])).not.toContain("secretKeyRef");
  });
});

describe("its selector", () => {
  test("survives an upgrade: the version is a label and no part of it", () => {
    expect(deployment.selector.matchLabels).toEqual({ "app.kubernetes.io/name": "web" });
    expect(template.metadata.labels).toMatchObject({
      "app.kubernetes.io/name": "web",
      "app.kubernetes.io/version": "v1.0.0",
    });
  });

  test("is the one of its Service, its budget and its policy", () => {
    const selector = { "app.kubernetes.io/name": "web" };
    expect(pick(manifests, "Service").spec.selector).toEqual(selector);
    expect(pick(manifests, "PodDisruptionBudget").spec.selector.matchLabels).toEqual(selector);
    expect(pick(manifests, "NetworkPolicy").spec.podSelector.matchLabels).toEqual(selector);
  });
});

test("a Service's ports are the pods' ports, which is all that the VPC CNI's policies see", () => {
  const ports = pick(manifests, "Service").spec.ports.map(({ name, port }: { name: string; port: number }) => [
    name,
    port,
  ]);
  expect(ports).toEqual(
    container.ports.map(({ name, containerPort }: { name: string; containerPort: number }) => [name, containerPort]),
  );
});

test("metrics are read each 15 s within 10 s", () => {
  expect(pick(manifests, "ServiceMonitor").spec.endpoints).toEqual([
    { port: "metrics", path: "/metrics", interval: "15s", scrapeTimeout: "10s" },
  ]);
});

describe("replicas", () => {
  test("have one owner: the Deployment says nothing", () => {
    expect(deployment).not.toHaveProperty("replicas");
  });

  test("follow CPU and memory through an autoscaler of Kubernetes, as the seeds write it", () => {
    const { metrics, behavior, ...spec } = pick(manifests, "HorizontalPodAutoscaler").spec;
    expect(spec).toEqual({
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
      minReplicas: 2,
      maxReplicas: 8,
    });
    expect(metrics.map(({ resource }: { resource: object }) => resource)).toEqual([
      { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } },
      { name: "memory", target: { type: "Utilization", averageUtilization: 80 } },
    ]);
    expect(behavior.scaleDown).toEqual({
      stabilizationWindowSeconds: 300,
      policies: [{ type: "Percent", value: 10, periodSeconds: 60 }],
    });
    expect(behavior.scaleUp).toEqual({
      stabilizationWindowSeconds: 0,
      selectPolicy: "Max",
      policies: [
        { type: "Percent", value: 100, periodSeconds: 15 },
        { type: "Pods", value: 4, periodSeconds: 15 },
      ],
    });
  });

  test("of an elastic workload go down by half a minute", () => {
    const { behavior } = pick(
      workload({ scale: { ...props.scale, profile: "elastic" } }),
      "HorizontalPodAutoscaler",
    ).spec;
    expect(behavior.scaleDown.policies).toEqual([{ type: "Percent", value: 50, periodSeconds: 60 }]);
    expect(behavior.scaleUp.policies[1]).toEqual({ type: "Pods", value: 4, periodSeconds: 60 });
  });

  test("follow a metric through KEDA alone, which takes a lost metric for an error", () => {
    const scaled = workload({
      scale: { ...props.scale, on: [gauge(depth, { matching: { queue: "jobs" }, perReplica: 10 })] },
    });
    expect(scaled.filter(({ kind }) => kind === "HorizontalPodAutoscaler")).toEqual([]);
    const { spec } = pick(scaled, "ScaledObject");
    expect(spec).toMatchObject({ minReplicaCount: 2, maxReplicaCount: 8 });
    expect(spec.triggers).toEqual([
      {
        type: "prometheus",
        metricType: "AverageValue",
        metadata: {
          serverAddress: "http://prometheus:9090",
          query: 'max(depth{queue="jobs"})',
          threshold: "10",
          ignoreNullValues: "false",
        },
      },
    ]);
  });

  test("cannot follow a label that the metric lacks", () => {
    const on = [gauge(depth, { matching: { model: "x" }, perReplica: 10 })] as const;
    expect(() => workload({ scale: { ...props.scale, on: [...on] as never } })).toThrow(
      /^Metric 'depth' has no label 'model'. Its labels are queue, namespace, job/,
    );
  });

  test("that may be one have no budget: none could let a drain go on", () => {
    const single = workload({ scale: { ...props.scale, replicas: { min: 1, max: 3 } } });
    expect(single.filter(({ kind }) => kind === "PodDisruptionBudget")).toEqual([]);
  });

  test("that make no sense are refused with the construct's path", () => {
    expect(() => workload({ scale: { ...props.scale, replicas: { min: 5, max: 2 } } })).toThrow(
      "services/web/autoscaler: 'replicas' is 5 to 2",
    );
  });
});

test("a probe port that is none is refused with the ports there are", () => {
  expect(() => workload({ probePort: "https" })).toThrow(
    "services/web: 'probePort' is 'https', which is none of its ports (http, metrics).",
  );
});
