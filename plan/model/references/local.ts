import { describeObject, type KubernetesObject } from "../kubernetes.ts";
import { valuesAt } from "./values-at.ts";
import type { Reference } from "./read.ts";

/** A place in a pod that names a part of the same pod, relative to its spec. */
interface LocalRow {
  readonly at: string;
  /** What it names, for messages. */
  readonly what: string;
  /** Where the parts are. */
  readonly among: readonly string[];
}

const CONTAINERS = ["containers", "initContainers", "ephemeralContainers"];
const HANDLERS = ["startupProbe", "livenessProbe", "readinessProbe", "lifecycle.postStart", "lifecycle.preStop"];
const DOWNWARD = ["volumes.downwardAPI.items", "volumes.projected.sources.downwardAPI.items"];

/** Every place in a pod's spec that names a volume, or a container of it. Names of ports are looked up in their own container. */
export const localRows: readonly LocalRow[] = [
  ...CONTAINERS.flatMap((of): LocalRow[] => [
    ...["volumeMounts.name", "volumeDevices.name", "env.valueFrom.fileKeyRef.volumeName"].map((at) => ({
      at: `${of}.${at}`,
      what: "volume",
      among: ["volumes"],
    })),
    { at: `${of}.env.valueFrom.resourceFieldRef.containerName`, what: "container", among: CONTAINERS },
    { at: `${of}.resources.claims.name`, what: "resource claim", among: ["resourceClaims"] },
  ]),
  ...DOWNWARD.map((at) => ({ at: `${at}.resourceFieldRef.containerName`, what: "container", among: CONTAINERS })),
  { at: "ephemeralContainers.targetContainerName", what: "container", among: ["containers"] },
];

/** Places in a container that name one of its ports. */
export const portPlaces: readonly string[] = HANDLERS.flatMap((handler) => [
  `${handler}.httpGet.port`,
  `${handler}.tcpSocket.port`,
]);

const POD_SPECS = ["spec.template.spec", "spec.jobTemplate.spec.template.spec", "spec"];

/** Names in an object's pods that none of the parts of these pods has. */
export function localFailures(object: KubernetesObject): string[] {
  const claims = valuesAt(object, "spec.volumeClaimTemplates.metadata.name").map(({ value }) => value);
  return POD_SPECS.flatMap((place) => valuesAt(object, place))
    .filter(({ value }) => valuesAt(value, "containers").length > 0)
    .flatMap(({ value: spec, at }) => {
      const fail = (where: string, what: string, name: unknown): string =>
        `${describeObject(object)}: ${at}.${where} names ${what} '${String(name)}', which its pod does not have. Correct it.`;
      const rows = localRows.flatMap((row) => {
        const parts = [
          ...row.among.flatMap((among) => valuesAt(spec, `${among}.name`).map((part) => part.value)),
          ...claims,
        ];
        return valuesAt(spec, row.at)
          .filter(({ value }) => !parts.includes(value))
          .map((found) => fail(found.at, row.what, found.value));
      });
      const ports = CONTAINERS.flatMap((of) => valuesAt(spec, of)).flatMap((container) => {
        const names = valuesAt(container.value, "ports.name").map(({ value }) => value);
        return portPlaces
          .flatMap((port) => valuesAt(container.value, port))
          .filter(({ value }) => typeof value === "string" && !names.includes(value))
          .map((found) => fail(`${container.at}.${found.at}`, "port", found.value));
      });
      return [...rows, ...ports];
    });
}

/** Places beside a reference that name containers of the object that it leads to. */
const targetContainers: Readonly<Record<string, readonly string[]>> = {
  HorizontalPodAutoscaler: ["spec.metrics.containerResource.container"],
  ScaledObject: ["spec.scaleTargetRef.envSourceContainerName", "spec.triggers.metadata.containerName"],
};

export const containersNamedBy = (object: KubernetesObject, { at }: Reference): string[] =>
  at === "spec.scaleTargetRef"
    ? (targetContainers[object.kind] ?? []).flatMap((place) =>
        valuesAt(object, place).map(({ value }) => String(value)),
      )
    : [];
