import type { Judgement } from "kubeconform-wasm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { apiServer } from "../../plan/api-server.ts";
import type { KubernetesObject } from "../../plan/model/kubernetes.ts";
import { fitsQuotas } from "../../proofs/fits-quotas.ts";
import { environmentNames } from "../environments.ts";
import { type Editable, planOf, withObject } from "../plans.ts";
import { type Answer, eventually, type KubeObject } from "./client.ts";
import { asDeployment, type Cluster, customResourceDefinitions, startCluster } from "./cluster.ts";
import { damagesOf } from "./object-damage.ts";
import { concurrently, dryCreate, saidByServer, saidInProcess } from "./server-verdicts.ts";

const SEED = 20_261_128;
const DAMAGES = 3_000;

/** Kinds whose definition the test's cluster has. */
const custom = new Set(customResourceDefinitions().map(({ spec }) => `${spec.group}/${spec.names.kind}`));

/** Whether a record holds all of an object, and the server knows its kind. Contents and schemas are not recorded. */
function isWhole({ apiVersion, kind }: KubernetesObject): boolean {
  const [group = ""] = apiVersion.split("/");
  const isKnown = !/\.(?!k8s\.io)/.test(group) || custom.has(`${group}/${kind}`);
  return isKnown && !["CustomResourceDefinition", "ConfigMap", "Secret"].includes(kind);
}

/** Every object of every environment, and of their add-ons' sources. */
async function distinctObjects(): Promise<KubeObject[]> {
  const distinct = new Map<string, KubeObject>();
  for (const name of environmentNames) {
    const { objects, addons } = await planOf(name);
    const recorded = addons.flatMap(({ objects: rendered }) => rendered).filter(isWhole);
    for (const object of [...objects.map(({ manifest }) => manifest), ...recorded]) {
      const { addresses, ...manifest }: KubernetesObject & { addresses?: unknown } = object;
      distinct.set(JSON.stringify(manifest), manifest);
    }
  }
  return [...distinct.values()];
}

const judged = (objects: readonly object[], namespaces = {}): Promise<Judgement[]> =>
  apiServer().judge(objects, { namespaces });

const makeNamespace = (name: string, labels: Record<string, string> = {}): Promise<unknown> =>
  cluster.client.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name, labels } });

let cluster: Cluster;
let objects: KubeObject[];
beforeAll(async () => {
  cluster = await startCluster();
  objects = await distinctObjects();
  for (const name of new Set(objects.map(({ metadata }) => metadata.namespace ?? "default"))) await makeNamespace(name);
});
afterAll(async () => {
  await cluster.stop();
});

describe("the API server's code in process and a real API server", () => {
  test("accept the same: every object of every environment that both know", async () => {
    const own = (await judged(objects)).map(saidInProcess);
    const real = await concurrently(objects, async (object) => saidByServer(await dryCreate(cluster.client, object)));
    const refused = objects.flatMap(({ kind, metadata }, index) =>
      [own[index], real[index]].flatMap((said) =>
        said?.accepted === false ? [`${kind} ${metadata.name}: ${said.message}`] : [],
      ),
    );
    expect(refused).toEqual([]);
    expect(own.filter((said) => said !== undefined).length).toBeGreaterThan(250);
  });

  test(`say the same of ${DAMAGES} damages: accepted, or refused for the same fields`, async () => {
    const damages = damagesOf(objects, SEED).slice(0, DAMAGES);
    const judgements = await judged(damages.map(({ object }) => object));
    const own = judgements.map(saidInProcess);
    const real = await concurrently(damages, async ({ object, original }) =>
      saidByServer(await dryCreate(cluster.client, object, original)),
    );
    const compared = damages.flatMap(({ name }, index) => {
      const [one, other] = [own[index], real[index]];
      return one && other ? [{ name, one, other }] : [];
    });
    const differences = compared
      .filter(({ one, other }) => one.accepted !== other.accepted || one.fields.join() !== other.fields.join())
      .map(({ name, one, other }) => `${name}\n  in process: ${one.message}\n  server: ${other.message}`);
    expect(differences).toEqual([]);
    const refused = compared.filter(({ other }) => !other.accepted).length;
    console.log(
      `${compared.length} damages: ${refused} refused by both, ${compared.length - refused} accepted by both`,
    );
    expect(refused).toBeGreaterThan(1_000);
  });

  test("say the same of lists with an item twice, which server-side apply alone refuses", async () => {
    const doubled = damagesOf(objects, SEED).filter(({ name }) => name.endsWith(": doubled"));
    const own = (await judged(doubled.map(({ object }) => object))).map(({ status, apply = [] }) =>
      status === "unknown" ? undefined : status === "accepted" && apply.length === 0,
    );
    const real = await concurrently(doubled, ({ object }) =>
      cluster.client.apply(object, { dryRun: true }).then(
        () => "",
        (error: unknown) => String(error),
      ),
    );
    const differences = doubled.flatMap(({ name }, index) =>
      own[index] === undefined || own[index] === (real[index] === "") ? [] : [`${name}: ${real[index] || "accepted"}`],
    );
    expect(differences).toEqual([]);
    expect(doubled.length).toBeGreaterThan(100);
  });
});

describe("Pod Security", () => {
  const INVALID = "invalid";

  /** What a server warns of, in the words of a refusal; of an invalid object it warns of nothing. */
  function violationIn({ status, warnings }: Answer): string {
    if (status >= 300) return INVALID;
    const texts = warnings.flatMap((warning) => warning.split(/, (?=299 )/)).map((text) => text.replaceAll('\\"', '"'));
    const found = texts.map((text) => /would violate (PodSecurity .*)"$/.exec(text)?.[1]).find(Boolean);
    return found === undefined ? "" : `violates ${found}`;
  }

  const violations: Readonly<Record<string, (spec: Editable) => void>> = {
    nothing: () => undefined,
    "no security context": (spec) => (spec.securityContext = undefined),
    privileged: ({ containers }) => (containers[0].securityContext = { privileged: true }),
    "a capability": ({ containers }) => (containers[0].securityContext = { capabilities: { add: ["SYS_ADMIN"] } }),
    "the node's network": (spec) => (spec.hostNetwork = true),
    "the node's processes": (spec) => (spec.hostPID = true),
    "a port of the node": ({ containers }) => (containers[0].ports = [{ containerPort: 80, hostPort: 80 }]),
    "the node's files": (spec) => (spec.volumes = [...(spec.volumes ?? []), { name: "root", hostPath: { path: "/" } }]),
    root: (spec) => (spec.securityContext = { ...spec.securityContext, runAsUser: 0, runAsNonRoot: false }),
    "no seccomp": (spec) =>
      (spec.securityContext = { ...spec.securityContext, seccompProfile: { type: "Unconfined" } }),
    "a sysctl": (spec) => (spec.securityContext = { sysctls: [{ name: "kernel.msgmax", value: "1" }] }),
    SELinux: (spec) => (spec.securityContext = { seLinuxOptions: { type: "spc_t" } }),
    "unmasked /proc": (spec) => {
      spec.hostUsers = false;
      spec.containers[0].securityContext = { procMount: "Unmasked" };
    },
    AppArmor: (spec) => (spec.securityContext = { appArmorProfile: { type: "Unconfined" } }),
  };

  test.each(["baseline", "restricted"])(
    "refuses of templates at level %s what the API server warns of",
    async (level) => {
      const namespace = `level-${level}`;
      const labels = {
        "pod-security.kubernetes.io/enforce": level,
        "pod-security.kubernetes.io/enforce-version": "v1.35",
      };
      await makeNamespace(namespace, labels);
      const workloads = objects
        .filter(({ kind }) => ["CronJob", "DaemonSet", "Deployment", "Job", "Rollout", "StatefulSet"].includes(kind))
        .map((object) => (object.kind === "Rollout" ? asDeployment(object, 1) : object));
      const tried = workloads.flatMap((object) =>
        Object.entries(violations).map(([name, violate]) => {
          const changed = structuredClone(object) as Editable;
          changed.metadata.namespace = namespace;
          violate((changed.spec.jobTemplate?.spec ?? changed.spec).template.spec);
          return { name: `${object.kind} ${object.metadata.name}: ${name}`, object: changed as KubeObject };
        }),
      );
      const judgements = await judged(
        tried.map(({ object }) => object),
        { [namespace]: labels },
      );
      const own = judgements.map(({ status, podSecurity = "" }) => (status === "refused" ? INVALID : podSecurity));
      const real = await concurrently(tried, async ({ object }) =>
        violationIn(await dryCreate(cluster.client, object)),
      );
      const differences = tried.flatMap(({ name }, index) =>
        own[index] === real[index]
          ? []
          : [`${name}\n  in process: ${own[index] ?? ""}\n  server: ${real[index] ?? ""}`],
      );
      expect(differences).toEqual([]);
      expect(new Set(real).size).toBeGreaterThan(20);
    },
  );
});

describe("a quota", () => {
  const workload = (name: string, replicas: number, resources: object): KubeObject => ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: "quota" },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name, image: "image:1", resources }] } },
    },
  });
  const quota = (hard: object): KubeObject => ({
    apiVersion: "v1",
    kind: "ResourceQuota",
    metadata: { name: "quota", namespace: "quota" },
    spec: { hard },
  });
  const range = (limits: object): KubeObject => ({
    apiVersion: "v1",
    kind: "LimitRange",
    metadata: { name: "range", namespace: "quota" },
    spec: { limits: [limits] },
  });
  const small = { requests: { cpu: "100m", memory: "64Mi" }, limits: { cpu: "200m", memory: "64Mi" } };

  /** Makes objects, a Deployment the last, and says why its pods are refused; "" when they are there. `roll` changes its template then. */
  async function refusalOf(made: readonly KubeObject[], roll?: (deployment: Editable) => void): Promise<string> {
    await makeNamespace("quota");
    const deployment = made.at(-1) as KubeObject;
    await cluster.apply(made.slice(0, -1));
    await eventually("the quota to be counted", async () => {
      const quotas = await cluster.client.list("/api/v1/namespaces/quota/resourcequotas");
      return quotas.every(({ status }) => status?.hard !== undefined && status.used !== undefined) ? true : undefined;
    });
    await cluster.apply([deployment]);
    let refusal = await podsOrRefusal(deployment);
    if (roll) {
      const changed = structuredClone(deployment) as Editable;
      roll(changed);
      await cluster.apply([changed]);
      refusal = await eventually("a refused pod", async () => (await podsOrRefusal(deployment)) || undefined);
    }
    for (const object of made) await cluster.client.call(await cluster.client.pathOf(object), { method: "DELETE" });
    await eventually("the pods to be gone", async () =>
      (await cluster.client.list("/api/v1/namespaces/quota/pods")).length === 0 ? true : undefined,
    );
    return refusal;
  }

  const podsOrRefusal = ({ metadata: { name }, spec }: KubeObject): Promise<string> =>
    eventually("pods, or the reason why there are none", async () => {
      const events = await cluster.client.list("/api/v1/namespaces/quota/events");
      const failed = events.find(
        ({ reason, message, involvedObject }) =>
          reason === "FailedCreate" && involvedObject.name.startsWith(name) && /forbidden/.test(message),
      );
      if (failed) return String(failed["message"]);
      const pods = await cluster.client.list(`/api/v1/namespaces/quota/pods?labelSelector=app=${name}`);
      return pods.length >= spec.replicas ? "" : undefined;
    });

  /** Rolling updates add a quarter of the replicas, rounded up: four and their surge are five pods. */
  test.each<[string, boolean, KubeObject[]]>([
    ["that fits exactly", true, [quota({ "requests.cpu": "500m" }), workload("fits", 4, small)]],
    ["of CPU that is too small", false, [quota({ "requests.cpu": "399m" }), workload("cpu", 4, small)]],
    ["of memory limits that is too small", false, [quota({ "limits.memory": "255Mi" }), workload("memory", 4, small)]],
    ["of pods that is too small", false, [quota({ pods: "3" }), workload("pods", 4, small)]],
    [
      "that wants what no container says",
      false,
      [quota({ "limits.cpu": "10" }), workload("silent", 1, { requests: { cpu: "1m" } })],
    ],
    [
      "that a limit range's defaults satisfy",
      true,
      [range({ type: "Container", default: { cpu: "1" } }), quota({ "limits.cpu": "10" }), workload("default", 1, {})],
    ],
    [
      "and a limit range whose maximum a container exceeds",
      false,
      [range({ type: "Container", max: { cpu: "100m" } }), workload("large", 1, small)],
    ],
    [
      "and a limit range whose minimum a container does not reach",
      false,
      [range({ type: "Container", min: { memory: "128Mi" } }), workload("little", 1, small)],
    ],
    [
      "and a limit range whose ratio a container exceeds",
      false,
      [range({ type: "Container", maxLimitRequestRatio: { cpu: "1500m" } }), workload("steep", 1, small)],
    ],
    [
      "of pods with a deadline, which says nothing of the others",
      true,
      [{ ...quota({}), spec: { hard: { pods: "0" }, scopes: ["Terminating"] } }, workload("endless", 2, small)],
    ],
  ])("%s: fits-quotas says what events of the pods say", async (_, fits, made) => {
    const base = await planOf("development");
    const plan = made.reduce((changed, object) => withObject(changed, object as unknown as KubernetesObject), base);
    const own = fitsQuotas.examine(plan).failures;
    expect(own.length === 0, own.join("\n")).toBe(fits);
    expect(await refusalOf(made)).toEqual(fits ? "" : expect.stringMatching(/forbidden/));
  });

  test("that has no room for a surge: fits-quotas and an event say so, once a new version rolls out", async () => {
    const made = [quota({ "requests.cpu": "450m" }), workload("surge", 4, small)];
    const base = await planOf("development");
    const plan = made.reduce((changed, object) => withObject(changed, object as unknown as KubernetesObject), base);
    expect(fitsQuotas.examine(plan).failures).toEqual([
      expect.stringMatching(/allows requests.cpu 450m, but .* it is 500m/),
    ]);
    const refusal = await refusalOf(made, ({ spec }) => (spec.template.spec.containers[0].image = "image:2"));
    expect(refusal).toMatch(/exceeded quota: quota, requested: requests.cpu=100m, used: requests.cpu=400m/);
  });
});
