import { z } from "zod";
import { defineAddon } from "../../platform/addon.ts";
import { gpuPool } from "../../platform/inference.ts";

/** The label of nodes with GPUs, given by the pool. */
const GPU_NODES = { "nvidia.com/gpu.present": "true" };

/** Tells the kubelet of a node's GPUs, so that Kubernetes counts them. */
export const nvidiaDevicePlugin = defineAddon({
  name: "nvidia-device-plugin",
  licence: "Apache-2.0",
  options: z.strictObject({}),
  enabled: (environment) => gpuPool(environment) !== undefined,
  delivery: {
    by: "application",
    source: {
      kind: "chart",
      repository: "https://nvidia.github.io/k8s-device-plugin",
      chart: "nvidia-device-plugin",
      versions: ["0.20.0"],
    },
    values: () => ({ nodeSelector: GPU_NODES }),
  },
  // It shares a folder of the node with the kubelet.
  namespace: { name: "nvidia-devices", podSecurity: "privileged" },
  pods: { plugin: { labels: { "app.kubernetes.io/name": "nvidia-device-plugin" } } },
  // Its account may watch nodes, whose labels choose how a GPU is shared.
  connections: ({ own, controlPlane }) =>
    controlPlane.ports.map((port) => ({ from: own("plugin"), to: controlPlane.api, port })),
});
