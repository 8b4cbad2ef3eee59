import { restrictedContainer } from "../../platform/security-context.ts";
import type { Resources } from "../../platform/service.ts";
import {
  type Container,
  type EnvVar,
  type EnvVarSource,
  IntOrString,
  type Probe,
  Quantity,
  type SecurityContext,
  type VolumeMount,
} from "../objects.ts";

/** The value of an environment variable: text, or a source such as `{ fieldRef: { fieldPath: "status.podIP" } }`. */
export type EnvironmentValue = string | EnvVarSource;

export interface InitContainerProps {
  /** Unique in the pod. */
  readonly name: string;
  readonly image: string;
  readonly resources: Resources;
  /** @default - the image's entrypoint */
  readonly command?: readonly string[];
  /** @default - the image's own */
  readonly args?: readonly string[];
  /** Variables by name. Secrets are read from files, so a `secretKeyRef` is refused. @default - none */
  readonly environment?: Readonly<Record<string, EnvironmentValue>>;
  /** Volumes of the pod. `tmp` is an empty one that every pod has. @default - none */
  readonly mounts?: readonly VolumeMount[];
  /**
   * Merged over what Pod Security's `restricted` level requires, with a read-only root file system. Weaker settings than
   * `restricted` allows are refused. @default - that level
   */
  readonly securityContext?: SecurityContext;
}

export interface SidecarProps extends InitContainerProps {
  /** Ports by name, unique in the pod. @default - none */
  readonly ports?: Readonly<Record<string, number>>;
  /** The main container starts when the startup probe succeeds. @default - none */
  readonly probes?: Partial<Probes>;
}

export interface Probes {
  readonly startup: Probe;
  readonly liveness: Probe;
  readonly readiness: Probe;
}

/** The three probes that every service of the platform answers, on one port. */
export function healthProbes(port: string): Probes {
  const get = (path: string): Probe => ({ httpGet: { path, port: IntOrString.fromString(port) } });
  return {
    startup: { ...get("/health/startup"), periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 60 },
    liveness: { ...get("/health/live"), periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
    readiness: { ...get("/health/ready"), periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 3 },
  };
}

/** A container with what its props say and, for the rest, what Pod Security's `restricted` level requires. */
export function containerOf(props: SidecarProps, gpus = 0): Container {
  const { name, image, command, args, environment, ports, probes, mounts = [] } = props;
  return {
    name,
    image,
    imagePullPolicy: "IfNotPresent",
    ...(command && { command: [...command] }),
    ...(args && { args: [...args] }),
    ...(environment && { env: Object.entries(environment).map(variable) }),
    ...(ports && {
      ports: Object.entries(ports).map(([port, containerPort]) => ({ name: port, containerPort, protocol: "TCP" })),
    }),
    resources: resourcesOf(props.resources, gpus),
    ...probesOf(probes),
    securityContext: securityContextOf(props.securityContext),
    ...(mounts.length > 0 && { volumeMounts: [...mounts] }),
  };
}

/** A container that starts before the main one, runs beside it and stops after it. */
export const sidecarOf = (props: SidecarProps): Container => ({ ...containerOf(props), restartPolicy: "Always" });

function probesOf({ startup, liveness, readiness }: Partial<Probes> = {}): Partial<Container> {
  return {
    ...(startup && { startupProbe: startup }),
    ...(liveness && { livenessProbe: liveness }),
    ...(readiness && { readinessProbe: readiness }),
  };
}

function variable([name, value]: [string, EnvironmentValue]): EnvVar {
  return typeof value === "string" ? { name, value } : { name, valueFrom: value };
}

function securityContextOf(given: SecurityContext = {}): SecurityContext {
  const capabilities = { ...restrictedContainer.capabilities, ...given.capabilities };
  return { ...restrictedContainer, ...given, capabilities };
}

function resourcesOf({ requests, limits }: Resources, gpus: number): NonNullable<Container["resources"]> {
  // A GPU is requested and limited alike: Kubernetes does not share one.
  const devices = gpus > 0 ? { "nvidia.com/gpu": String(gpus) } : {};
  return { requests: quantities({ ...requests, ...devices }), limits: quantities({ ...limits, ...devices }) };
}

function quantities(amounts: Readonly<Record<string, string>>): Record<string, Quantity> {
  return Object.fromEntries(
    Object.entries(amounts).map(([resource, amount]) => [resource, Quantity.fromString(amount)]),
  );
}
