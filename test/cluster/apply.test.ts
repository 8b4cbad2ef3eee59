import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { KubernetesObject } from "../../plan/model/kubernetes.ts";
import { environmentNames } from "../environments.ts";
import { requiredLabels } from "../../platform/catalogue/pod-rules.ts";
import { planOf } from "../plans.ts";
import { eventually, type KubeObject } from "./client.ts";
import { hpaOfKeda } from "./keda.ts";
import { type Cluster, customResourceDefinitions, startCluster } from "./cluster.ts";

const ENFORCE = "pod-security.kubernetes.io/enforce";

/** Kinds whose definition the test's cluster has. */
const custom = new Set(customResourceDefinitions().map(({ spec }) => `${spec.group}/${spec.names.kind}`));

/** Whether a record holds all of an object, and the server knows its kind. Contents and schemas are not recorded. */
function isWhole({ apiVersion, kind }: KubernetesObject): boolean {
  const [group = ""] = apiVersion.split("/");
  const isKnown = !/\.(?!k8s\.io)/.test(group) || custom.has(`${group}/${kind}`);
  return isKnown && !["CustomResourceDefinition", "ConfigMap", "Secret"].includes(kind);
}

/** The server keeps a Secret's texts encoded. */
function stored({ stringData, ...manifest }: Record<string, unknown>): Record<string, unknown> {
  if (stringData === undefined) return manifest;
  const encoded = Object.entries(stringData as Record<string, string>).map(([key, text]) => [key, btoa(text)]);
  return { ...manifest, data: Object.fromEntries(encoded) as unknown };
}

let cluster: Cluster;
const ownCluster = (): void => {
  beforeAll(async () => {
    cluster = await startCluster();
  });
  afterAll(async () => {
    await cluster.stop();
  });
};

describe.each(environmentNames)("every object of %s", (name) => {
  ownCluster();

  test("is taken by a real API server, strictly, and stands there as it was written", async () => {
    for (const { path, manifest } of (await planOf(name)).objects) {
      const { body, warnings } = await cluster.client.apply(manifest);
      expect(warnings, path).toEqual([]);
      expect(body, path).toMatchObject(stored(manifest as unknown as Record<string, unknown>));
    }
  });

  test("that an add-on's source renders is taken too, under the Pod Security level of its namespace", async () => {
    const { addons, objects: own } = await planOf(name);
    const isPrivileged = (namespace: string | undefined): boolean =>
      own.some(
        ({ manifest: { kind, metadata } }) =>
          kind === "Namespace" && metadata.name === namespace && metadata.labels?.[ENFORCE] === "privileged",
      );
    const rendered = addons.flatMap(({ objects }) => objects).filter(isWhole);
    expect(rendered.map(({ metadata }) => metadata.name)).toContain("argocd-server");
    const refused: string[] = [];
    for (const object of rendered) {
      const { addresses, ...manifest }: KubeObject & { addresses?: unknown } = object;
      const { warnings } = await cluster.client
        .apply(manifest, { dryRun: true })
        .catch((error: unknown) => ({ warnings: [String(error)] }));
      const meant = isPrivileged(object.metadata.namespace) ? /would violate PodSecurity/ : /^$/;
      refused.push(...warnings.filter((warning) => !meant.test(warning)).map((warning) => `${object.kind} ${warning}`));
    }
    expect(refused).toEqual([]);
  });

  test("of KEDA becomes an autoscaler that the API server takes, with bounds and behaviour as rendered", async () => {
    const scaled = (await planOf(name)).objects
      .map(({ manifest }) => manifest)
      .filter(({ kind }) => kind === "ScaledObject");
    // Development has no KEDA: its replicas are fixed where a queue would decide.
    expect(scaled.length > 0).toBe(name !== "development");
    for (const object of scaled) {
      const hpa = hpaOfKeda(object);
      const { body, warnings } = await cluster.client.apply(hpa);
      expect(warnings).toEqual([]);
      expect(body).toMatchObject(hpa);
    }
  });

  test("does not change when it is applied again", async () => {
    const apply = async (): Promise<Map<string, unknown>> => {
      const generations = new Map<string, unknown>();
      for (const { path, manifest } of (await planOf(name)).objects) {
        const { body } = await cluster.client.apply(manifest);
        generations.set(path, body["metadata"]);
      }
      return generations;
    };
    const spec = (metadata: unknown): unknown => (metadata as { generation?: number }).generation;
    const [first, second] = [await apply(), await apply()];
    for (const [path, metadata] of second) expect(spec(metadata), path).toBe(spec(first.get(path)));
  });
});

describe("a server that has production's objects", () => {
  ownCluster();
  beforeAll(async () => {
    await cluster.apply((await planOf("production")).objects.map(({ manifest }) => manifest));
  });

  test("a field that the server would drop is refused", async () => {
    const { objects } = await planOf("production");
    const deployment = structuredClone(
      objects.find(({ manifest }) => manifest.kind === "Deployment")?.manifest,
    ) as unknown as { spec: Record<string, unknown> };
    deployment.spec["replica"] = 3;
    await expect(cluster.client.apply(deployment as unknown as KubeObject)).rejects.toThrow(
      /field not declared in schema|unknown field/,
    );
  });

  describe("Pod Security refuses in the application namespace", () => {
    const sound = {
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } },
    };
    /** What our admission policy asks of every pod there. */
    const labels = Object.fromEntries(requiredLabels.map((label) => [label, "try"]));
    const container = {
      name: "c",
      image: "registry.example.com/image:1.0.0",
      resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { cpu: "10m", memory: "16Mi" } },
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
    };
    const submit = async (pod: object, own: object = {}): Promise<{ status: number; message: string }> => {
      const manifest = {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "try", namespace: "application", labels },
        spec: { ...sound, containers: [{ ...container, ...own }], ...pod },
      };
      const { status, body } = await cluster.client.call("/api/v1/namespaces/application/pods?dryRun=All", {
        method: "POST",
        body: manifest,
      });
      return { status, message: body.message ?? "" };
    };

    test("nothing of a pod that keeps the level", async () => {
      expect(await submit({})).toEqual({ status: 201, message: "" });
    });

    test.each<[string, object, object, RegExp]>([
      [
        "a pod that may run as root",
        { securityContext: { seccompProfile: { type: "RuntimeDefault" } } },
        {},
        /runAsNonRoot != true/,
      ],
      ["the user root", { securityContext: { ...sound.securityContext, runAsUser: 0 } }, {}, /runAsUser=0/],
      ["a pod without a seccomp profile", { securityContext: { runAsNonRoot: true } }, {}, /seccompProfile/],
      ["a privileged container", {}, { securityContext: { privileged: true } }, /privileged/],
      [
        "a container that may gain rights",
        {},
        { securityContext: { capabilities: { drop: ["ALL"] } } },
        /allowPrivilegeEscalation != false/,
      ],
      [
        "a container that keeps capabilities",
        {},
        { securityContext: { allowPrivilegeEscalation: false } },
        /unrestricted capabilities/,
      ],
      ["the node's network", { hostNetwork: true }, {}, /hostNetwork=true/],
      ["the node's processes", { hostPID: true }, {}, /hostPID=true/],
      ["the node's files", { volumes: [{ name: "v", hostPath: { path: "/" } }] }, {}, /hostPath/],
      ["a port of the node", {}, { ports: [{ containerPort: 80, hostPort: 80 }] }, /hostPort/],
    ])("%s", async (_, pod, own, message) => {
      const answer = await submit(pod, own);
      expect(answer.status).toBe(403);
      expect(answer.message).toMatch(message);
    });

    test("and the quota refuses a pod that takes more than is left", async () => {
      const huge = { cpu: "900", memory: "16Mi" };
      const { message } = await eventually("the quota to hold, once a controller has counted", async () => {
        const answer = await submit({}, { resources: { requests: huge, limits: huge } });
        return answer.status === 403 ? answer : undefined;
      });
      expect(message).toMatch(/exceeded quota: application, requested: requests\.cpu=900/);
    });
  });
});
