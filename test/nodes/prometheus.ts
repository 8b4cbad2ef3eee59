import { join } from "node:path";
import { kubePrometheusStack } from "../../addons/kube-prometheus-stack/addon.ts";
import type { Plan } from "../../plan/model/plan.ts";
import { ensurePrograms } from "../../tools/go-programs.ts";
import type { KubeObject } from "../cluster/client.ts";
import { buildModules, downloaded, type GoModule, moduleRequiring } from "../cluster/go-modules.ts";
import { packProgram } from "./images.ts";
import type { Editable } from "../plans.ts";
import { imageIn, type Operator, readInstallation } from "./operators.ts";

/** The newest operator that can be built from Go modules, and Prometheus' module at `SERVER_VERSION`. */
const versions = { operator: "v0.85.0", server: "v0.315.1" } as const;
const SERVER_VERSION = "v3.15.1";
const OPERATOR = "github.com/prometheus-operator/prometheus-operator";
const SERVER = "github.com/prometheus/prometheus";

const { name: STACK, namespace } = kubePrometheusStack;
const OPERATOR_NAME = `${STACK}-operator`;
/** The parts of the stack that run here, by the names that its chart gives them. */
const PARTS = [OPERATOR_NAME, `${STACK}-prometheus`];
/** Its monitors are of parts that do not run here. */
const KINDS = ["ServiceAccount", "ClusterRole", "ClusterRoleBinding", "Service", "Deployment", "Prometheus"];

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

/**
 * Prometheus and its operator, as the chart renders them for a plan. Their programs, of other versions than the chart's, are built
 * from Go modules on first use and packed into a folder as the images that the chart names.
 */
export async function packPrometheus(folder: string, plan: Pick<Plan, "addons">): Promise<Operator> {
  const programs = await ensurePrograms({
    name: `prometheus-${versions.server}-operator-${versions.operator}`,
    notice: `building Prometheus ${SERVER_VERSION} and its operator; this happens once, about four minutes on two cores`,
    build: (work) => buildModules(work, modules()),
  });
  const objects = recordedParts(plan);
  const bundle = join(downloaded(`${OPERATOR}@${versions.operator}`).Dir, "bundle.yaml");
  const installation = readInstallation({ files: [bundle], namespace: namespace.name });
  const images = {
    operator: imageIn(objects, OPERATOR_NAME),
    "prometheus-config-reloader": reloaderImage(objects),
    prometheus: String(objects.find(({ kind }) => kind === "Prometheus")?.["spec"].image),
  };
  return {
    images: await Promise.all(
      Object.entries(images).map(([program, image]) =>
        packProgram(join(programs, program), image, folder, { path: `/bin/${program}` }),
      ),
    ),
    objects: [
      ...installation.filter(({ kind }) => kind === "Namespace" || kind === "CustomResourceDefinition"),
      ...objects.map((object) => (object.kind === "Prometheus" ? shortened(object) : object)),
    ],
  };
}

function recordedParts({ addons }: Pick<Plan, "addons">): KubeObject[] {
  const recorded = (addons.find(({ name }) => name === STACK)?.objects ?? []) as readonly KubeObject[];
  return recorded.filter(({ kind, metadata }) => KINDS.includes(kind) && PARTS.includes(metadata.name));
}

/** The operator is told which image it adds to its pods. */
function reloaderImage(objects: readonly KubeObject[]): string {
  const operator = objects.find(({ kind, metadata }) => kind === "Deployment" && metadata.name === OPERATOR_NAME);
  const [{ args = [] } = {}] = (operator?.["spec"].template.spec.containers ?? []) as { args?: string[] }[];
  const [, image] = args.map((each) => each.split("=")).find(([flag]) => flag === "--prometheus-config-reloader") ?? [];
  if (image === undefined) throw new Error(`Deployment '${OPERATOR_NAME}' names no image of the reloader.`);
  return image;
}

/** No volume is made here, and a test does not wait for half a minute between evaluations. */
function shortened(prometheus: KubeObject): Editable {
  const { storage: _, ...spec } = prometheus["spec"];
  return { ...prometheus, spec: { ...spec, evaluationInterval: "3s" } };
}
