import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { podKinds } from "../../platform/catalogue/pod-rules.ts";
import { admissionNamespaces, ADMISSION } from "../../platform/names.ts";
import type { Plan } from "../../plan/model/plan.ts";
import { environmentNames } from "../environments.ts";
import { type Editable, planOf } from "../plans.ts";
import { type Answer, eventually } from "./client.ts";
import { type Cluster, startCluster } from "./cluster.ts";

let cluster: Cluster;

/** A cluster with a plan's objects, whose API server judges pods by now. */
function withObjects(name: string): void {
  beforeAll(async () => {
    cluster = await startCluster();
    const manifests = (await planOf(name)).objects.map(({ manifest }) => manifest);
    const first = ["Namespace", "ServiceAccount", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"];
    await cluster.apply(manifests.filter(({ kind }) => first.includes(kind)));
    await eventually("the API server to judge pods", async () => {
      const { status, body } = await create(podOf(await planOf(name), "Deployment application/worker", withoutTag));
      if (status !== 422 || !body.message?.includes(ADMISSION)) throw new Error(`${status}: ${body.message ?? ""}`);
      return true;
    });
    await cluster.apply(manifests);
  });
  afterAll(async () => {
    await cluster.stop();
  });
}

const create = (object: Editable, { dryRun = true } = {}): Promise<Answer> => {
  const [group, version] = object.apiVersion.includes("/") ? object.apiVersion.split("/") : ["", object.apiVersion];
  const resource = podKinds.find(({ kind }) => kind === object.kind)?.resource ?? "";
  const root = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
  const path = `${root}/namespaces/${object.metadata.namespace}/${resource}?fieldValidation=Strict`;
  return cluster.client.call(dryRun ? `${path}&dryRun=All` : path, { method: "POST", body: object });
};

/** A pod as a controller makes it of a workload. */
function podOf({ podSources }: Plan, of: string, damage: (pod: Editable) => void = () => undefined): Editable {
  const source = podSources.find(({ description }) => description === of);
  if (!source) throw new Error(`no ${of}`);
  const { labels, spec, namespace, name } = source;
  const metadata = { name: `try-${name}`.slice(0, 60), namespace, labels };
  const pod = structuredClone({ apiVersion: "v1", kind: "Pod", metadata, spec }) as Editable;
  damage(pod);
  return pod;
}

const withoutTag = ({ spec }: Editable): void => {
  spec.containers[0].image = "ghcr.io/promptops/worker";
};

describe.each(environmentNames)("in %s", (name) => {
  withObjects(name);

  test("each of our pods is admitted where pods are judged", async () => {
    const plan = await planOf(name);
    const ours = plan.podSources.filter(
      ({ addon, namespace }) => addon === undefined && admissionNamespaces.includes(namespace),
    );
    expect(ours.length).toBeGreaterThan(3);
    expect(ours.length).toBe(plan.podSources.filter(({ addon }) => addon === undefined).length);
    for (const { description } of ours) {
      const { status, body } = await create(podOf(plan, description));
      expect(body.message ?? "", description).not.toContain(ADMISSION);
      expect(status, description).toBe(201);
    }
  });

  test("the server finds no fault with the expressions", async () => {
    const path = `/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/${ADMISSION}`;
    const status = await eventually("the server to check the expressions", async () => {
      const { body } = await cluster.client.call(path);
      return body["status"]?.typeChecking && body["status"].observedGeneration ? body["status"] : undefined;
    });
    expect(status.typeChecking.expressionWarnings ?? []).toEqual([]);
  });
});

describe("the API server refuses", () => {
  withObjects("production");

  const damages: readonly (readonly [what: string, damage: (pod: Editable) => void, message: string])[] = [
    ["an image without a tag", withoutTag, "has no tag, which means latest"],
    ["latest", ({ spec }) => (spec.containers[0].image = "ghcr.io/a/b:latest"), "has a tag that moves"],
    ["a major version", ({ spec }) => (spec.containers[0].image = "docker.io/library/redis:7"), "has a tag that moves"],
    [
      "an image without a registry",
      ({ spec }) => (spec.containers[0].image = "library/redis:7.2.1"),
      "names no registry",
    ],
    ["a registry with a port, and no tag", ({ spec }) => (spec.containers[0].image = "a.example:5000/b"), "has no tag"],
    [
      "an image of an init container",
      ({ spec }) =>
        (spec.initContainers = [
          { ...spec.containers[0], name: "first", image: "redis:latest", restartPolicy: "Always" },
        ]),
      "container first: image 'redis:latest' names no registry",
    ],
    ["no resources", ({ spec }) => delete spec.containers[0].resources, "resources.requests.cpu is not set"],
    ["no memory limit", ({ spec }) => delete spec.containers[0].resources.limits.memory, "resources.limits.memory"],
    ["no CPU limit", ({ spec }) => delete spec.containers[0].resources.limits.cpu, "resources.limits.cpu"],
    [
      "a second container without requests",
      ({ spec }) => spec.containers.push({ ...spec.containers[0], name: "second", resources: {} }),
      "container second: resources.requests.cpu",
    ],
    ["no labels", ({ metadata }) => delete metadata.labels, "no label app.kubernetes.io/name"],
    ["no version", ({ metadata }) => delete metadata.labels["app.kubernetes.io/version"], "app.kubernetes.io/version"],
  ];

  test.each(damages)("a pod with %s", async (_, damage, message) => {
    const { status, body } = await create(podOf(await planOf("production"), "Deployment application/worker", damage));
    expect(body.message).toContain(message);
    expect(status).toBe(422);
  });

  test("nothing of a pod whose image has a digest", async () => {
    const image = `ghcr.io/promptops/worker@sha256:${"0123456789abcdef".repeat(4)}`;
    const pod = podOf(await planOf("production"), "Deployment application/worker", ({ spec }) => {
      spec.containers[0].image = image;
    });
    expect(await create(pod)).toMatchObject({ status: 201 });
  });

  test.each(podKinds.filter(({ kind }) => kind !== "Pod"))("the template of a $kind", async (row) => {
    const { metadata, spec } = podOf(await planOf("production"), "Deployment application/worker", withoutTag);
    const isJob = row.group === "batch";
    const template = {
      metadata: { labels: metadata.labels },
      spec: { ...spec, ...(isJob && { restartPolicy: "Never" }) },
    };
    const selector = { matchLabels: { "app.kubernetes.io/name": metadata.labels["app.kubernetes.io/name"] } };
    const workload = { template, ...(!isJob && { selector }) };
    const { status, body } = await create({
      apiVersion: row.group === "" ? row.version : `${row.group}/${row.version}`,
      kind: row.kind,
      metadata: { name: "try", namespace: "application" },
      spec: row.kind === "CronJob" ? { schedule: "0 0 * * *", jobTemplate: { spec: workload } } : workload,
    });
    expect(body.message).toContain("has no tag, which means latest");
    expect(status).toBe(422);
  });

  test("another image for a pod that runs, a debug container of latest, but not a change of its metadata", async () => {
    const pod = podOf(await planOf("production"), "Deployment application/worker");
    expect((await create(pod, { dryRun: false })).status).toBe(201);
    const path = `/api/v1/namespaces/application/pods/${pod.metadata.name}`;
    const name = pod.spec.containers[0].name as string;
    const patch = (body: object, subresource = ""): Promise<Answer> =>
      cluster.client.call(`${path}${subresource}`, {
        ...{ method: "PATCH", body, type: "application/strategic-merge-patch+json" },
      });
    const image = "ghcr.io/promptops/worker:latest";
    expect((await patch({ spec: { containers: [{ name, image }] } })).body.message).toContain("has a tag that moves");
    const { containers } = pod.spec as { containers: { securityContext: object }[] };
    const debug = (tag: string): Promise<Answer> => {
      const [{ securityContext } = { securityContext: {} }] = containers;
      const container = { name: `debug-${tag}`, image: `docker.io/library/busybox:${tag}`, securityContext };
      return patch({ spec: { ephemeralContainers: [container] } }, "/ephemeralcontainers");
    };
    expect((await debug("latest")).body.message).toContain("container debug-latest: image");
    expect((await debug("v1-37-0")).status).toBe(200);
    expect((await patch({ metadata: { finalizers: ["example.com/wait"], labels: { extra: "a" } } })).status).toBe(200);
    expect((await patch({ metadata: { finalizers: null } })).status).toBe(200);
  });

  test("nothing where other software makes pods", async () => {
    for (const namespace of ["kube-system", "data"]) {
      const { status, body } = await create(
        podOf(await planOf("production"), "Deployment application/worker", (pod) => {
          withoutTag(pod);
          pod.metadata.namespace = namespace;
          delete pod.spec.serviceAccountName;
        }),
      );
      expect(body.message ?? "").not.toContain(ADMISSION);
      expect(status).toBe(201);
    }
  });
});
