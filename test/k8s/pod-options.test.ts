import { describe, expect, test } from "vitest";
import type { SidecarProps } from "../../k8s/constructs/containers.ts";
import { Workload, type WorkloadProps } from "../../k8s/constructs/workload.ts";
import { IntOrString } from "../../k8s/objects.ts";
import { cpu } from "../../platform/signals.ts";
import { pick, render, schemaFaults } from "./objects.ts";

const resources = { requests: { cpu: "10m", memory: "16Mi" }, limits: { cpu: "100m", memory: "32Mi" } };
const props: WorkloadProps = {
  namespace: "application",
  name: "web",
  image: "registry.example/web:v1.0.0",
  version: "v1.0.0",
  placement: { pool: "application", spreadOver: ["kubernetes.io/hostname"] },
  ports: { http: 7000, metrics: 7001 },
  probePort: "http",
  resources,
  scale: { replicas: { min: 2, max: 8 }, on: [cpu(70)], profile: "steady", prometheus: "http://prometheus:9090" },
  drain: 30,
};
const proxy: SidecarProps = { name: "proxy", image: "registry.example/proxy:v2.0.0", resources };
const workload = (changes: Partial<WorkloadProps> = {}): ReturnType<typeof render> =>
  render((layer) => new Workload(layer, "web", { ...props, ...changes }));

const restricted = { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } };

describe("a workload with everything that a caller may add", () => {
  const manifests = workload({
    command: ["serve"],
    args: ["--verbose"],
    environment: { MODE: "fast", POD_IP: { fieldRef: { fieldPath: "status.podIP" } } },
    volumes: [{ name: "cache", emptyDir: {} }],
    mounts: [{ name: "cache", mountPath: "/cache" }],
    initContainers: [{ name: "fetch", image: "registry.example/fetch:v1.0.0", resources, args: ["--once"] }],
    sidecars: [
      {
        ...proxy,
        ports: { proxy: 7002 },
        probes: { startup: { tcpSocket: { port: IntOrString.fromString("proxy") } } },
        mounts: [{ name: "cache", mountPath: "/cache", readOnly: true }],
        securityContext: { runAsUser: 2000, capabilities: { add: ["NET_BIND_SERVICE"] } },
      },
    ],
    podLabels: { team: "web" },
    podAnnotations: { "example.org/page": "web" },
    priorityClass: "high",
    imagePullSecrets: ["registry"],
  });
  const { metadata, spec } = pick(manifests, "Deployment").spec.template;
  const [container] = spec.containers;
  const [fetch, sidecar] = spec.initContainers;

  test("passes the schemas of Kubernetes", async () => {
    expect(await schemaFaults(manifests)).toEqual([]);
  });

  test("runs its command with its arguments and variables", () => {
    expect(container).toMatchObject({ command: ["serve"], args: ["--verbose"] });
    expect(container.env).toEqual([
      { name: "MODE", value: "fast" },
      { name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
    ]);
  });

  test("mounts the added volume beside its own", () => {
    expect(spec.volumes.map(({ name }: { name: string }) => name)).toEqual(["tmp", "cache"]);
    expect(container.volumeMounts).toContainEqual({ name: "cache", mountPath: "/cache" });
  });

  test("runs init containers first, then native sidecars", () => {
    expect(fetch).toMatchObject({ name: "fetch", args: ["--once"], securityContext: restricted });
    expect(fetch).not.toHaveProperty("restartPolicy");
    expect(sidecar).toMatchObject({ name: "proxy", restartPolicy: "Always" });
    expect(sidecar.startupProbe).toEqual({ tcpSocket: { port: "proxy" } });
  });

  test("keeps the restricted level for containers that set something of their own", () => {
    const capabilities = { drop: ["ALL"], add: ["NET_BIND_SERVICE"] };
    expect(sidecar.securityContext).toEqual({ ...restricted, runAsUser: 2000, capabilities });
  });

  test("has the labels, annotations, priority class and pull secrets", () => {
    expect(metadata.labels).toMatchObject({ team: "web", "app.kubernetes.io/name": "web" });
    expect(metadata.annotations).toEqual({ "example.org/page": "web" });
    expect(spec).toMatchObject({ priorityClassName: "high", imagePullSecrets: [{ name: "registry" }] });
  });
});

test("a workload that adds nothing has no empty fields for it", () => {
  const { metadata, spec } = pick(workload(), "Deployment").spec.template;
  expect(metadata).not.toHaveProperty("annotations");
  for (const field of ["initContainers", "imagePullSecrets", "priorityClassName"])
    expect(spec).not.toHaveProperty(field);
});

describe("with the path of the construct, a workload refuses", () => {
  const sidecar = (securityContext: SidecarProps["securityContext"] & {}): Partial<WorkloadProps> => ({
    sidecars: [{ ...proxy, securityContext }],
  });
  test.each<[string, Partial<WorkloadProps>, string]>([
    ["a privileged container", sidecar({ privileged: true }), "container 'proxy': 'privileged' must be false."],
    ["privilege escalation", sidecar({ allowPrivilegeEscalation: true }), "'allowPrivilegeEscalation' must be false."],
    ["the user root", sidecar({ runAsUser: 0 }), "'runAsUser' must not be 0."],
    ["a user that may be root", sidecar({ runAsNonRoot: false }), "'runAsNonRoot' must not be false."],
    [
      "capabilities that are kept",
      sidecar({ capabilities: { drop: ["CHOWN"] } }),
      "'capabilities.drop' must have ALL.",
    ],
    ["capabilities that are added", sidecar({ capabilities: { add: ["SYS_ADMIN"] } }), "is SYS_ADMIN; only"],
    ["no seccomp profile", sidecar({ seccompProfile: { type: "Unconfined" } }), "'seccompProfile' must be"],
    ["the SELinux type of the host", sidecar({ seLinuxOptions: { type: "spc_t" } }), "'seLinuxOptions.type' must be"],
    ["a SELinux user", sidecar({ seLinuxOptions: { user: "system_u" } }), "must have no user and no role."],
    ["an unmasked /proc", sidecar({ procMount: "Unmasked" }), "'procMount' must be Default."],
    ["a process of a Windows host", sidecar({ windowsOptions: { hostProcess: true } }), "'windowsOptions.hostProcess'"],
    ["a volume of the host", { volumes: [{ name: "host", hostPath: { path: "/" } }] }, "volume 'host' is a hostPath"],
    ["a mount without a volume", { mounts: [{ name: "no", mountPath: "/no" }] }, "container 'web': mounts volume 'no'"],
    ["a second mount at one path", { mounts: [{ name: "tmp", mountPath: "/tmp" }] }, "two mounts are called '/tmp'"],
    ["a second volume of one name", { volumes: [{ name: "tmp", emptyDir: {} }] }, "two volumes are called 'tmp'"],
    ["a second container of one name", { sidecars: [{ ...proxy, name: "web" }] }, "two containers are called 'web'"],
    ["a port that is taken", { sidecars: [{ ...proxy, ports: { other: 7000 } }] }, "two ports are called '7000'"],
    ["a label that selectors use", { podLabels: { "app.kubernetes.io/name": "x" } }, "'podLabels' replaces"],
    [
      "a secret in a variable",
      { environment: { KEY: { secretKeyRef: { name: "a", key: "b" } } } },
      "variable 'KEY' is read from a Secret",
    ],
  ])("%s", (_, changes, message) => {
    expect(() => workload(changes)).toThrow("services/web: ");
    expect(() => workload(changes)).toThrow(message);
  });
});
