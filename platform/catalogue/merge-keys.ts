/**
 * The fields that tell the items of a list apart, by the list's name: `x-kubernetes-list-map-keys` or else
 * `x-kubernetes-patch-merge-key` of Kubernetes 1.35's OpenAPI document and of the definitions in k8s/crds. `ports` differ by kind:
 * a container's have `containerPort`, a Service's `port`. Recorded 2026-11-28.
 */
export const mergeKeys: Readonly<Record<string, readonly (readonly string[])[]>> = {
  add: [["name"]],
  bindings: [["group", "resource", "name", "namespace"]],
  claims: [["name"]],
  conditions: [["type"]],
  containers: [["name"]],
  env: [["name"]],
  ephemeralContainers: [["name"]],
  evictionResponders: [["name"]],
  groups: [["name"]],
  headers: [["name"]],
  hostAliases: [["ip"]],
  imagePullSecrets: [["name"]],
  initContainers: [["name"]],
  listeners: [["name"]],
  matchConditions: [["name"]],
  ownerReferences: [["uid"]],
  perPort: [["port"]],
  ports: [
    ["containerPort", "protocol"],
    ["port", "protocol"],
  ],
  queryParams: [["name"]],
  resourceClaims: [["name"]],
  schedulingGates: [["name"]],
  secrets: [["name"]],
  set: [["name"]],
  topologySpreadConstraints: [["topologyKey", "whenUnsatisfiable"]],
  variables: [["name"]],
  volumeDevices: [["devicePath"]],
  volumeMounts: [["mountPath"]],
  volumes: [["name"]],
  webhooks: [["name"]],
};

/** What a key is where an item leaves it out. */
export const mergeKeyDefaults: Readonly<Record<string, string>> = { protocol: "TCP" };
