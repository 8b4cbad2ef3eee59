import { count } from "../platform/count.ts";
import { describeObject, type KubernetesObject, type Labels, selects } from "../plan/model/kubernetes.ts";
import type { Plan } from "../plan/model/plan.ts";
import type { PodSource } from "../plan/model/pods.ts";
import type { Proof } from "./proof.ts";

interface ServiceSpec {
  readonly selector?: Labels;
  readonly ports?: readonly { readonly name?: string; readonly port: number; readonly targetPort?: number | string }[];
}

export const validPorts: Proof = {
  name: "valid-ports",
  claim: "Pods expose the ports that their services listen on, and each Service uses the port number of its pods.",
  examine(plan) {
    const services = plan.objects.map(({ manifest }) => manifest).filter(({ kind }) => kind === "Service");
    const listening = plan.expected.listens.flatMap((listen) => listenFailures(listen, plan));
    return {
      evidence: [
        `${count(services.length, "Service")}, ${count(plan.expected.listens.length, "port")} that services listen on`,
      ],
      failures: [
        ...listening,
        ...services.flatMap((service) => serviceFailures(service, plan.podSources)),
        ...plan.podSources.flatMap(probeFailures),
      ],
    };
  },
};

const portsOf = ({ spec }: PodSource): { readonly name?: string; readonly containerPort: number }[] =>
  spec.containers.flatMap(({ ports = [] }) => ports);

function listenFailures({ workload, name, port }: Plan["expected"]["listens"][number], { podSources }: Plan): string[] {
  const source = podSources.find((each) => each.name === workload && each.namespace === "application");
  if (!source) return [`${workload} listens on port ${port}, but has no pods.`];
  return portsOf(source).some((each) => each.name === name && each.containerPort === port)
    ? []
    : [`${source.description}: '${workload}' listens on ${port} (${name}), which its pods do not open.`];
}

/** The VPC CNI's policies match the pod's port only, so they cut off a Service with another port number. */
function serviceFailures(service: KubernetesObject, sources: readonly PodSource[]): string[] {
  const { selector = {}, ports = [] } = service.spec as ServiceSpec;
  const at = describeObject(service);
  const behind = sources.filter(
    ({ namespace, labels }) => namespace === service.metadata.namespace && selects({ matchLabels: selector }, labels),
  );
  return behind.flatMap((source) =>
    ports.flatMap(({ port, name: called, targetPort = port }) => {
      const open = portsOf(source).find(
        ({ name, containerPort }) => targetPort === name || targetPort === containerPort,
      );
      if (!open) return [`${at}: leads to port '${targetPort}' of ${source.description}, which it does not open.`];
      // Monitors and the mesh know a port by its name.
      if (called !== undefined && open.name !== undefined && called !== open.name)
        return [
          `${at}: calls port ${port} '${called}', and ${source.description} calls it '${open.name}'. Make them equal.`,
        ];
      return open.containerPort === port
        ? []
        : [
            `${at}: its port ${port} leads to ${open.containerPort} of ${source.description}; NetworkPolicies match only the pod's port. Make them equal.`,
          ];
    }),
  );
}

/** Containers may open ports that they do not list. Ours list all; third-party ones must list only named ports. */
function probeFailures(source: PodSource): string[] {
  const open = portsOf(source);
  return source.spec.containers.flatMap(({ startupProbe, livenessProbe, readinessProbe }) =>
    [startupProbe, livenessProbe, readinessProbe].flatMap((probe) => {
      const port = probe?.httpGet?.port;
      const there = open.some(({ name, containerPort }) => port === name || port === containerPort);
      const maybe = source.addon !== undefined && typeof port === "number";
      return port === undefined || there || maybe
        ? []
        : [`${source.description}: is probed on '${port}', which it does not open.`];
    }),
  );
}
