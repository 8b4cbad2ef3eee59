import { nodesOf, type Placement, spreadPods } from "../../platform/placement.ts";
import { restrictedContainer } from "../../platform/security-context.ts";
import { labels, NAME, PLUGIN_FILE, PLUGIN_IMAGE, PLUGIN_NAME, REPLICAS } from "./facts.ts";

const controller = { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "512Mi" } };
const copy = { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "64Mi" } };
const PLUGINS = { name: "plugins", mountPath: "/plugins" } as const;

/** A patch of a kustomize source. */
interface Patch {
  readonly target: { readonly kind: string; readonly name: string };
  readonly patch: string;
}

/** Changes an object field by field, as `kubectl patch` does. */
const merge = (apiVersion: string, kind: string, name: string, fields: object): Patch => ({
  target: { kind, name },
  patch: JSON.stringify({ apiVersion, kind, metadata: { name }, ...fields }),
});

/** What the release's manifests lack: replicas, places, limits, and the plug-in, which an init container copies from its image. */
export const patchesOf = (placement: Placement): readonly Patch[] => [
  merge("apps/v1", "Deployment", NAME, {
    spec: {
      replicas: REPLICAS,
      template: {
        spec: {
          initContainers: [
            {
              name: "copy-plugin",
              image: PLUGIN_IMAGE,
              command: ["cp", `/bin/${PLUGIN_FILE}`, PLUGINS.mountPath],
              securityContext: { ...restrictedContainer, seccompProfile: { type: "RuntimeDefault" } },
              resources: copy,
              volumeMounts: [PLUGINS],
            },
          ],
          containers: [
            {
              name: NAME,
              imagePullPolicy: "IfNotPresent",
              resources: controller,
              readinessProbe: { httpGet: { path: "/healthz", port: "healthz" } },
              volumeMounts: [PLUGINS],
            },
          ],
          volumes: [{ name: PLUGINS.name, emptyDir: {} }],
          topologySpreadConstraints: spreadPods(labels),
          ...nodesOf(placement),
        },
      },
    },
  }),
  merge("v1", "ConfigMap", `${NAME}-config`, {
    data: {
      trafficRouterPlugins: JSON.stringify([
        { name: PLUGIN_NAME, location: `file://${PLUGINS.mountPath}/${PLUGIN_FILE}` },
      ]),
    },
  }),
  {
    target: { kind: "ClusterRole", name: NAME },
    // All that the plug-in calls for HTTPRoutes that a Rollout names.
    patch: JSON.stringify([
      {
        op: "add",
        path: "/rules/-",
        value: { apiGroups: ["gateway.networking.k8s.io"], resources: ["httproutes"], verbs: ["get", "update"] },
      },
    ]),
  },
];
