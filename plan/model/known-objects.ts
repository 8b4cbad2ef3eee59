import { appliedObjects, BEFORE, waveOfAddon } from "./applied.ts";
import type { KubernetesObject } from "./kubernetes.ts";
import type { Plan } from "./plan.ts";
import { isObject, type Recorded, type RecordedResource } from "./recorded.ts";
import { groupOf, type Reference } from "./references/read.ts";

/** Something that exists in the cluster, or will. */
export interface KnownObject {
  readonly wave: number;
  /** @default - a program makes it, and its contents are unknown */
  readonly object?: KubernetesObject;
  /** Of a Secret or ConfigMap. @default - unknown */
  readonly keys?: readonly string[];
}

type Identity = Pick<Reference, "group" | "kind" | "name" | "namespace">;

/** Every object that the plan makes or that the cluster has by itself. */
export class KnownObjects {
  readonly #known = new Map<string, KnownObject>();

  constructor(plan: Plan) {
    for (const made of [...builtIns(), ...recorded(plan.resources), ...ofAddons(plan), ...ours(plan)]) this.#add(made);
    for (const [key, namespace] of this.#known) {
      const [group = "", kind, , name = ""] = key.split(" ");
      if (group === "" && kind === "Namespace") for (const made of inNamespace(name, namespace.wave)) this.#add(made);
    }
  }

  find(identity: Identity): KnownObject | undefined {
    return this.#known.get(keyOf(identity));
  }

  /** What has the reference's kind and name, wherever it is: a hint for messages. */
  namespacesOf({ group, kind, name }: Identity): string[] {
    return [...this.#known.keys()]
      .map((key) => key.split(" "))
      .filter(([ofGroup, ofKind, , ofName]) => ofGroup === group && ofKind === kind && ofName === name)
      .map(([, , namespace = ""]) => namespace);
  }

  #add({ identity, ...known }: Made): void {
    const key = keyOf(identity);
    if (!this.#known.has(key)) this.#known.set(key, known);
  }
}

interface Made extends KnownObject {
  readonly identity: Identity;
}

const keyOf = ({ group, kind, namespace = "", name }: Identity): string => [group, kind, namespace, name].join(" ");

const makeNamed = (kind: string, name: string, namespace?: string, more: Partial<KnownObject> = {}): Made => {
  const [own = "", group = ""] = kind.split("/").toReversed();
  return { identity: { group, kind: own, name, namespace }, wave: BEFORE, ...more };
};

const RBAC = "rbac.authorization.k8s.io";

/** What every cluster has. */
function builtIns(): Made[] {
  return [
    // https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/#initial-namespaces
    ...["default", "kube-node-lease", "kube-public", "kube-system"].map((name) => makeNamed("Namespace", name)),
    // https://kubernetes.io/docs/tasks/administer-cluster/guaranteed-scheduling-critical-addon-pods/
    ...["system-cluster-critical", "system-node-critical"].map((name) =>
      makeNamed("scheduling.k8s.io/PriorityClass", name),
    ),
    // https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings
    ...["admin", "cluster-admin", "edit", "view", "system:auth-delegator"].map((name) =>
      makeNamed(`${RBAC}/ClusterRole`, name),
    ),
    // https://kubernetes.io/docs/reference/access-authn-authz/rbac/#controller-roles
    makeNamed("ServiceAccount", "horizontal-pod-autoscaler", "kube-system"),
    // https://kubernetes.io/docs/tasks/extend-kubernetes/configure-aggregation-layer/
    makeNamed(`${RBAC}/Role`, "extension-apiserver-authentication-reader", "kube-system"),
    makeNamed("ConfigMap", "extension-apiserver-authentication", "kube-system"),
  ];
}

/** What the controller manager puts into each namespace. */
const inNamespace = (namespace: string, wave: number): Made[] => [
  // https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/
  makeNamed("ServiceAccount", "default", namespace, { wave }),
  // https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/
  makeNamed("ConfigMap", "kube-root-ca.crt", namespace, { wave, keys: ["ca.crt"] }),
];

/** Objects that cloud resources declare. */
function recorded(resources: readonly RecordedResource[]): Made[] {
  return resources.flatMap(({ type, inputs }) => {
    if (/^kubernetes:helm\.sh\//.test(type)) return projectsOf(inputs);
    const object = inputs as unknown as KubernetesObject;
    return type.startsWith("kubernetes:") && "metadata" in inputs ? makesOf(object, BEFORE) : [];
  });
}

/** AppProjects are values of a chart. */
function projectsOf({ values }: RecordedResource["inputs"]): Made[] {
  const projects = isObject(values) ? values["projects"] : undefined;
  return Object.entries(isObject(projects) ? projects : {}).map(([name, project]) =>
    makeNamed("argoproj.io/AppProject", name, textOf(isObject(project) ? project["namespace"] : undefined)),
  );
}

const textOf = (value: Recorded | undefined): string => (typeof value === "string" ? value : "");

/** The objects of add-ons that are installed, and what their programs make. */
function ofAddons({ addons, objects }: Plan): Made[] {
  const manifests = objects.map(({ manifest }) => manifest);
  return addons.flatMap((addon) => {
    const wave = waveOfAddon(addon, manifests);
    if (wave === undefined) return [];
    return [
      ...addon.objects.flatMap((object) => makesOf(object, wave)),
      ...addon.makes.map(({ namespace, name, keys }) => makeNamed("Secret", name, namespace, { wave, keys })),
      ...addon.creates.map(({ kind, name, namespace }) => makeNamed(kind, name, namespace, { wave })),
    ];
  });
}

const ours = ({ objects }: Plan): Made[] =>
  appliedObjects({ objects, addons: [] }).flatMap(({ object, wave }) => makesOf(object, wave));

/** An object, and the Secret that its controller makes of it. */
function makesOf(object: KubernetesObject, wave: number): Made[] {
  const { apiVersion, kind, metadata } = object;
  const { name, namespace } = metadata;
  const keys = keysOf(object);
  const secret = secretMadeBy(object);
  return [
    { identity: { group: groupOf(apiVersion), kind, name, namespace }, wave, object, ...(keys && { keys }) },
    ...(secret
      ? [makeNamed("Secret", secret.name, namespace, { wave, ...(secret.keys && { keys: secret.keys }) })]
      : []),
  ];
}

type Contents = Partial<Record<"data" | "stringData" | "binaryData", object>> & { readonly keys?: readonly string[] };

/** The keys of a Secret or ConfigMap. */
function keysOf({ kind, ...object }: KubernetesObject): readonly string[] | undefined {
  if (kind !== "Secret" && kind !== "ConfigMap") return undefined;
  const { keys, data, stringData, binaryData } = object as Contents;
  // A record keeps the keys alone.
  if (keys) return keys;
  // What a provider makes of a secret is unknown.
  if ([data, stringData].some((value) => value && ("$output" in value || "$secret" in value))) return undefined;
  return [data, stringData, binaryData].flatMap((values) => Object.keys(values ?? {}));
}

interface MakerSpec {
  readonly secretName?: string;
  readonly target?: { readonly name?: string };
  readonly data?: readonly { readonly secretKey: string }[];
  readonly dataFrom?: readonly object[];
}

/** The Secret that a controller makes of an object, and its keys if the object tells them. */
export function secretMadeBy({
  kind,
  metadata,
  spec = {},
}: KubernetesObject): { readonly name: string; readonly keys: readonly string[] | undefined } | undefined {
  const { secretName, target, data = [], dataFrom = [] } = spec as MakerSpec;
  if (kind === "Certificate") return { name: secretName ?? "", keys: ["tls.crt", "tls.key", "ca.crt"] };
  if (kind !== "ExternalSecret") return undefined;
  const keys = dataFrom.length > 0 ? undefined : data.map(({ secretKey }) => secretKey);
  return { name: target?.name ?? metadata.name, keys };
}
