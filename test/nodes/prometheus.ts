import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { kubePrometheusStack } from "../../addons/kube-prometheus-stack/addon.ts";
import { podsOf } from "../../platform/installed-addons.ts";
import { ensurePrograms } from "../../tools/go-programs.ts";
import type { KubeObject } from "../cluster/client.ts";
import { buildModules, downloaded, type GoModule, moduleRequiring } from "../cluster/go-modules.ts";
import { packProgram } from "./images.ts";
import { imageIn, type Operator, readInstallation } from "./operators.ts";

/** The newest operator that can be built from Go modules, and Prometheus' module at `SERVER_VERSION`. */
const versions = { operator: "v0.85.0", server: "v0.315.1" } as const;
const SERVER_VERSION = "v3.15.1";
const SERVER_IMAGE = `quay.io/prometheus/prometheus:${SERVER_VERSION}`;
const RELOADER_IMAGE = `quay.io/prometheus-operator/prometheus-config-reloader:${versions.operator}`;
const OPERATOR = "github.com/prometheus-operator/prometheus-operator";
const SERVER = "github.com/prometheus/prometheus";

const { namespace, labels } = podsOf(kubePrometheusStack, "prometheus-operator");
const NAME = "prometheus";

const modules = (): GoModule[] => {
  const operator = { operator: `${OPERATOR}/cmd/operator` };
  const reloader = { "prometheus-config-reloader": `${OPERATOR}/cmd/prometheus-config-reloader` };
  const server = { prometheus: `${SERVER}/cmd/prometheus` };
  const files = (module: string, version: string, programs: object) => (): Record<string, string> =>
    moduleRequiring(module, version, Object.values(programs));
  const operators = { ...operator, ...reloader };
  return [
    { name: "prometheus-operator", programs: operators, files: files(OPERATOR, versions.operator, operators) },
    {
      name: "prometheus",
      programs: server,
      files: files(SERVER, versions.server, server),
      // Of the ways to discover targets, Kubernetes' only.
      tags: ["remove_all_sd", "enable_kubernetes_sd"],
    },
  ];
};

/** Prometheus and its operator. Their programs are built from Go modules on first use, the images are packed into a folder. */
export async function packPrometheus(folder: string): Promise<Operator> {
  const programs = await ensurePrograms({
    name: `prometheus-${versions.server}-operator-${versions.operator}`,
    notice: `building Prometheus ${SERVER_VERSION} and its operator; this happens once, about four minutes on two cores`,
    build: (work) => buildModules(work, modules()),
  });
  const source = downloaded(`${OPERATOR}@${versions.operator}`).Dir;
  const installation = readInstallation({
    files: [join(source, "bundle.yaml")],
    namespace,
    // Those that the chart gives them, by which the rendered policies know them.
    labels,
  });
  const images = {
    operator: imageIn(installation, "prometheus-operator"),
    "prometheus-config-reloader": RELOADER_IMAGE,
    prometheus: SERVER_IMAGE,
  };
  return {
    images: await Promise.all(
      Object.entries(images).map(([program, image]) =>
        packProgram(join(programs, program), image, folder, { path: `/bin/${program}` }),
      ),
    ),
    objects: [
      ...installation,
      ...rightsOf(join(source, "example/rbac/prometheus/prometheus-cluster-role.yaml")),
      server,
    ],
  };
}

/** The operator's example of what Prometheus may read. */
const rightsOf = (file: string): object[] => [
  parse(readFileSync(file, "utf8")) as KubeObject,
  { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: NAME, namespace } },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name: NAME },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: NAME },
    subjects: [{ kind: "ServiceAccount", name: NAME, namespace }],
  },
];

/** What the chart makes with its options `NilUsesHelmValues` off: one that takes the monitors and rules of every namespace. */
const server = {
  apiVersion: "monitoring.coreos.com/v1",
  kind: "Prometheus",
  metadata: { name: NAME, namespace },
  spec: {
    image: SERVER_IMAGE,
    version: SERVER_VERSION,
    serviceAccountName: NAME,
    ...Object.fromEntries(
      ["serviceMonitor", "podMonitor", "rule"].flatMap((kind) => [
        [`${kind}Selector`, {}],
        [`${kind}NamespaceSelector`, {}],
      ]),
    ),
    evaluationInterval: "3s",
    resources: { requests: { cpu: "50m", memory: "128Mi" } },
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 1000,
      runAsGroup: 2000,
      fsGroup: 2000,
      seccompProfile: { type: "RuntimeDefault" },
    },
  },
};
