import { describe, expect, test } from "vitest";
import { appliedObjects } from "../../plan/model/applied.ts";
import { describeObject, type KubernetesObject } from "../../plan/model/kubernetes.ts";
import type { Plan } from "../../plan/model/plan.ts";
import { groupOf, kindOf, type Reference, referencesOf } from "../../plan/model/references/read.ts";
import { noDanglingReference } from "../../proofs/no-dangling-reference.ts";
import { validOrder } from "../../proofs/valid-order.ts";
import { environmentNames } from "../environments.ts";
import { damageObject, type Editable, planOf, remodel, withResources } from "../plans.ts";

const plan = await planOf("production");
const failuresOf = (each: Plan): readonly string[] => noDanglingReference.examine(each).failures;

test.each(environmentNames)("in %s every reference leads to something", async (name) => {
  const { failures, evidence } = noDanglingReference.examine(await planOf(name));
  expect(failures).toEqual([]);
  expect(evidence[0]).toMatch(/^\d{3} references from \d+ objects to \d+ others/);
});

/** Changes every object that `change` accepts: ours, those of add-ons' sources, and those that cloud resources declare. */
function changeObjects(change: (object: KubernetesObject) => KubernetesObject | undefined): Plan {
  const changed = (object: KubernetesObject): KubernetesObject[] => {
    const result = change(object);
    return result ? [result] : [];
  };
  return {
    ...plan,
    objects: plan.objects.flatMap((each) => changed(each.manifest).map((manifest) => ({ ...each, manifest }))),
    addons: plan.addons.map((addon) => ({ ...addon, objects: addon.objects.flatMap(changed) })),
    resources: plan.resources.flatMap((resource) =>
      resource.type.startsWith("kubernetes:") && "metadata" in resource.inputs
        ? changed(resource.inputs as unknown as KubernetesObject).map((inputs) => ({
            ...resource,
            inputs: inputs as Editable,
          }))
        : [resource],
    ),
  };
}

interface Named {
  readonly object: KubernetesObject;
  readonly reference: Reference;
}

/** One reference of each field of each kind, so that no field goes untried. */
const all: readonly Named[] = appliedObjects(plan).flatMap(({ object }) =>
  referencesOf(object).map((reference) => ({ object, reference })),
);
const excepted = plan.addons.flatMap(({ dangling }) => dangling.map(({ field }) => field));
const oneOfEach = [
  ...new Map(
    all
      .filter(({ reference: { at } }) => !excepted.includes(at))
      .map((named) => [`${kindOf(named.object)} ${named.reference.at.replaceAll(/\[\d+\]/g, "")}`, named]),
  ),
].map(([field, named]): [string, Named] => [field, named]);

/** The object with another value where the reference's name is. */
function renamed({ object, reference: { at } }: Named): KubernetesObject {
  const copy = structuredClone(object) as Editable;
  const keys = at.match(/metadata\.annotations|[^.[\]]+/g) ?? [];
  const last = keys.at(-1) ?? "";
  const parent = keys.slice(0, -1).reduce((value, key) => value[key], copy);
  const value = parent[last];
  if (typeof value === "string") parent[last] = `${value}-gone`;
  else {
    const key = ["name", "secretName", "claimName", "templateName"].find((each) => each in value) ?? "";
    value[key] = `${String(value[key])}-gone`;
  }
  return copy as KubernetesObject;
}

describe("a name that is changed is noticed", () => {
  test.each(oneOfEach.filter(([field]) => !field.includes("annotations")))("in %s", (_, named) => {
    const damaged = changeObjects((object) => (object === named.object ? renamed(named) : object));
    const at = `${describeObject(named.object)}: `;
    // A namespace that is renamed takes the object along.
    expect(failuresOf(damaged).filter((failure) => failure.includes("-gone") || failure.startsWith(at))).not.toEqual(
      [],
    );
  });
});

const isTarget = (object: KubernetesObject, { group, kind, name, namespace }: Reference): boolean =>
  object.kind === kind &&
  groupOf(object.apiVersion) === group &&
  object.metadata.name === name &&
  object.metadata.namespace === namespace;

/** Secrets that an add-on's own program fills in: it is declared beside the empty Secret that its source renders. */
const filledIn = plan.addons.flatMap(({ makes }) => makes.map(({ namespace, name }) => `Secret ${namespace}/${name}`));

/** One reference to each object that is in the plan, and that only the plan's objects make. */
const targets = [
  ...new Map(
    all
      .filter(({ reference }) => appliedObjects(plan).some(({ object }) => isTarget(object, reference)))
      .map((named) => {
        const { kind, namespace = "", name } = named.reference;
        return [`${kind} ${namespace}/${name}`, named.reference] as const;
      })
      .filter(([target]) => !filledIn.includes(target)),
  ),
];

describe("an object that others name", () => {
  test("is of many kinds", () => {
    expect(new Set(targets.map(([, { kind }]) => kind)).size).toBeGreaterThanOrEqual(15);
  });

  test.each(targets)("is missed when it is gone: %s", (_, target) => {
    expect(failuresOf(changeObjects((object) => (isTarget(object, target) ? undefined : object)))).toContainEqual(
      expect.stringMatching(`names ${target.kind} .*${target.name}.* does not exist`),
    );
  });

  // One of each kind: the rule is the same for all of them.
  const oneOfEachKind = [...new Map(targets.map((target) => [target[1].kind, target])).values()];

  test.each(oneOfEachKind.filter(([, { namespace }]) => namespace !== undefined))(
    "is missed in another namespace: %s",
    (_, target) => {
      const moved = changeObjects((object) =>
        isTarget(object, target) ? { ...object, metadata: { ...object.metadata, namespace: "default" } } : object,
      );
      expect(failuresOf(moved)).toContainEqual(
        expect.stringMatching(`names ${target.kind} .*${target.name}.* does not exist. There is one in default`),
      );
    },
  );

  const awaited = oneOfEachKind.filter(([, target]) => plan.objects.some(({ manifest }) => isTarget(manifest, target)));
  test.each(awaited)("is missed in a later wave: %s", (_, target) => {
    const isAwaited = all.some(
      ({ object, reference }) => reference.waits && isSame(reference, target) && isOurs(object),
    );
    const late = changeObjects((object) => (isTarget(object, target) ? inWave(object, "99") : object));
    expect(validOrder.examine(late).failures.length > 0).toBe(isAwaited);
  });
});

const isSame = (one: Reference, other: Reference): boolean =>
  one.kind === other.kind && one.name === other.name && one.namespace === other.namespace;
const isOurs = (object: KubernetesObject): boolean => plan.objects.some(({ manifest }) => manifest === object);
const inWave = (object: KubernetesObject, wave: string): KubernetesObject => ({
  ...object,
  metadata: { ...object.metadata, annotations: { "argocd.argoproj.io/sync-wave": wave } },
});

describe("the right name of the wrong thing is noticed:", () => {
  test.each<[what: string, of: [kind: string, name: string], damage: (manifest: Editable) => void, RegExp]>([
    [
      "a kind",
      ["ScaledObject", "worker"],
      ({ spec }) => (spec.scaleTargetRef.kind = "StatefulSet"),
      /names StatefulSet application\/worker \(apps\)/,
    ],
    [
      "an API group",
      ["HorizontalPodAutoscaler", "api"],
      ({ spec }) => (spec.scaleTargetRef.apiVersion = "apps/v1"),
      /names Rollout application\/api \(apps\), which does not exist/,
    ],
    [
      "a namespaced store",
      ["ExternalSecret", "api-secrets"],
      ({ spec }) => delete spec.secretStoreRef.kind,
      /names SecretStore application\/platform/,
    ],
    [
      "an issuer",
      ["Certificate", "public-tls"],
      ({ spec }) => delete spec.issuerRef.kind,
      /names Issuer gateway\/public/,
    ],
    [
      "a listener",
      ["HTTPRoute", "api"],
      ({ spec }) => (spec.parentRefs[0].sectionName = "tls"),
      /listener 'tls' of Gateway gateway\/public, which has http, https/,
    ],
    [
      "a port",
      ["HTTPRoute", "api"],
      ({ spec }) => (spec.rules[0].backendRefs[0].port = 80),
      /port '80' of Service application\/api, which has 8080/,
    ],
    [
      "a gateway class",
      ["Gateway", "public"],
      ({ spec }) => (spec.gatewayClassName = "nginx"),
      /names GatewayClass nginx/,
    ],
    [
      "a container",
      ["HorizontalPodAutoscaler", "api"],
      ({ spec }) =>
        (spec.metrics = [{ type: "ContainerResource", containerResource: { name: "cpu", container: "app" } }]),
      /container 'app' of Rollout application\/api, which has api/,
    ],
    [
      "a volume",
      ["Deployment", "worker"],
      ({ spec }) => (spec.template.spec.containers[0].volumeMounts[0].name = "temp"),
      /names volume 'temp', which its pod does not have/,
    ],
    [
      "a port of a probe",
      ["Deployment", "worker"],
      ({ spec }) => (spec.template.spec.containers[0].livenessProbe.httpGet.port = "http"),
      /names port 'http'/,
    ],
    [
      "a key of a ConfigMap",
      ["Job", "database-roles"],
      ({ spec }) =>
        (spec.template.spec.volumes.find(({ configMap }: Editable) => configMap).configMap.items = [
          { key: "roles.sql", path: "x" },
        ]),
      /key 'roles.sql' of ConfigMap application\/database-roles, which has database-roles.sh/,
    ],
    [
      "a class of priority",
      ["Deployment", "worker"],
      ({ spec }) => (spec.template.spec.priorityClassName = "high"),
      /names PriorityClass high/,
    ],
    [
      "a secret to pull images",
      ["Deployment", "worker"],
      ({ spec }) => (spec.template.spec.imagePullSecrets = [{ name: "api-secrets" }]),
      /key '.dockerconfigjson' of Secret application\/api-secrets/,
    ],
    [
      "a project",
      ["Application", "velero"],
      ({ spec }) => (spec.project = "default"),
      /names AppProject argocd\/default/,
    ],
    [
      "a namespace to back up",
      ["Schedule", "daily"],
      ({ spec }) => spec.template.includedNamespaces.push("app"),
      /names Namespace app/,
    ],
  ])("%s", (_, of, damage, failure) => {
    expect(failuresOf(damageObject(plan, ...of, damage))).toContainEqual(expect.stringMatching(failure));
  });
});

test.each(["production", "production-lke"])("a bucket that %s does not make is noticed", async (name) => {
  const damaged = damageObject(await planOf(name), "BackupStorageLocation", "default", ({ spec }) => {
    spec.objectStorage.bucket = `${String(spec.objectStorage.bucket)}-old`;
  });
  expect(failuresOf(damaged)).toEqual([
    expect.stringMatching(
      /^BackupStorageLocation velero\/default: .* names bucket '.*-old', which no cloud resource creates/,
    ),
  ]);
});

test("a key of a ConfigMap whose contents a record leaves out is looked up", () => {
  const valkey = changeObjects((object) =>
    object.kind === "StatefulSet" && object.metadata.name === "valkey" ? withItem(object, "valkey.conf.old") : object,
  );
  expect(failuresOf(valkey)).toContainEqual(
    expect.stringMatching(/names key 'valkey.conf.old' of ConfigMap data\/valkey-config, which has /),
  );
});

function withItem(object: KubernetesObject, key: string): KubernetesObject {
  const copy = structuredClone(object) as Editable;
  const { volumes } = copy.spec.template.spec;
  volumes.find(({ configMap }: Editable) => configMap?.name === "valkey-config").configMap.items = [{ key, path: key }];
  return copy;
}

test("what an Application brings is gone with it", () => {
  const objects = plan.objects.filter(
    ({ manifest: { kind, metadata } }) => kind !== "Application" || metadata.name !== "valkey",
  );
  expect(failuresOf(remodel(plan, { objects }))).toContainEqual(
    expect.stringMatching(/^StatefulSet data\/valkey: .* names ConfigMap data\/valkey-config, which does not exist/),
  );
});

test("a binding that a cloud resource declares is followed", async () => {
  const damaged = withResources(await planOf("production-lke"), (resources) =>
    resources.filter(({ type }) => type !== "kubernetes:core/v1:ServiceAccount"),
  );
  expect(failuresOf(damaged)).toContainEqual(
    expect.stringMatching(/^RoleBinding secret-store\/reader: subjects\[0\] names ServiceAccount secret-store\/reader/),
  );
});

test("an exception is of a reference that does lead nowhere", () => {
  const strict: Plan = { ...plan, addons: plan.addons.map((addon) => ({ ...addon, dangling: [] })) };
  expect(failuresOf(strict)).toHaveLength(plan.addons.flatMap(({ dangling }) => dangling).length);
});
