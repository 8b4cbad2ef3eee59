import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { kubernetesVersion, startApiServer } from "kubeconform-wasm";
import { describe, expect, test } from "vitest";
import { apiServer } from "../../plan/api-server.ts";
import { root } from "../environments.ts";
import type { Editable } from "../plans.ts";
import { container, judgeChanged, judgeOne, type Kind, sound } from "./sound-objects.ts";

test.each(Object.entries(sound))("a sound %s is accepted, and its pods", async (_, manifest) => {
  expect(await judgeOne(manifest)).toEqual({ status: "accepted", causes: [] });
});

describe("pods", () => {
  const levels = (level: string): Record<string, Record<string, string>> => ({
    application: { "pod-security.kubernetes.io/enforce": level },
  });
  const privileged = ({ spec }: Editable): Editable =>
    (spec.template.spec.containers[0].securityContext = { privileged: true });

  test.each<Kind>(["Deployment", "StatefulSet", "Rollout", "Job"])(
    "of a %s violate the level of their namespace",
    async (kind) => {
      const violated = await judgeChanged(kind, privileged, levels("baseline"));
      expect(violated).toMatchObject({
        status: "accepted",
        podSecurity: expect.stringMatching(/^violates PodSecurity "baseline:latest": privileged/),
      });
      expect(await judgeChanged(kind, privileged, levels("privileged"))).not.toHaveProperty("podSecurity");
      expect(await judgeChanged(kind, privileged)).not.toHaveProperty("podSecurity");
    },
  );

  test.each<[string, (object: Editable) => void, string]>([
    [
      "a limit under its request",
      (o) => (container(o).resources.limits.memory = "64Mi"),
      "spec.template.spec.containers[0].resources.requests",
    ],
    [
      "a mount without a volume",
      (o) => (o.spec.template.spec.volumes = []),
      "spec.template.spec.containers[0].volumeMounts[0].name",
    ],
    [
      "labels that the selector does not select",
      (o) => (o.spec.template.metadata.labels.app = "api"),
      "spec.template.metadata.labels",
    ],
  ])("of a custom kind with %s would be refused, though the object is accepted", async (_, change, field) => {
    const { status, pods } = await judgeChanged("Rollout", change);
    expect(status).toBe("accepted");
    expect(pods).toContainEqual({ field, message: expect.any(String) });
  });
});

test("server-side apply refuses a variable that is set twice, and a create request does not", async () => {
  const variable = { name: "A", value: "1" };
  const { status, apply } = await judgeChanged("Deployment", (o) => (container(o).env = [variable, variable]));
  expect(status).toBe("accepted");
  expect(apply).toEqual([
    { field: "spec.template.spec.containers[0].env", message: 'Invalid value: duplicate entries for key [name="A"]' },
  ]);
});

test.each([
  ["apps/v1beta1", "Deployment"],
  ["example.com/v1", "Thing"],
  ["admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration"],
])("%s %s is unknown", async (apiVersion, kind) => {
  expect(await judgeOne({ apiVersion, kind, metadata: { name: "x" } })).toMatchObject({ status: "unknown" });
});

test("the minor that it tells is the one that its source builds", () => {
  const module = readFileSync(join(root, "kubeconform-wasm", "source", "apiserver", "go.mod"), "utf8");
  expect(module).toContain(`k8s.io/kubernetes v${kubernetesVersion}.`);
});

test("its threads do not keep a process alive", () => {
  const script =
    'import { kubernetesVersion, startApiServer } from "kubeconform-wasm"; startApiServer({ custom: true });';
  const { status } = spawnSync(process.execPath, ["--input-type=module", "--eval", script], {
    cwd: root,
    timeout: 60_000,
  });
  expect(status).toBe(0);
});

test("objects are judged in their order, those that were judged before too", async () => {
  const all = Object.values(sound);
  const order = [...all, { ...sound.Service, metadata: { name: "Web_1" } }, ...all.toReversed()];
  const statuses = (await apiServer().judge(order)).map(({ status }) => status);
  expect(statuses).toEqual([...all.map(() => "accepted"), "refused", ...all.map(() => "accepted")]);
});

test("a definition of the caller's is served beside those of k8s/crds, with its rules", async () => {
  const definition = {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "things.example.com" },
    spec: {
      group: "example.com",
      names: { kind: "Thing", plural: "things" },
      scope: "Namespaced",
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: "object",
              properties: {
                spec: {
                  type: "object",
                  properties: { min: { type: "integer", default: 2 }, max: { type: "integer" } },
                  "x-kubernetes-validations": [{ rule: "self.min <= self.max", message: "min is over max" }],
                },
              },
            },
          },
        },
      ],
    },
  };
  const server = startApiServer({ definitions: [definition] });
  const thing = (spec: object): object => ({
    apiVersion: "example.com/v1",
    kind: "Thing",
    metadata: { name: "x" },
    spec,
  });
  expect(await server.judge([thing({ max: 2 }), thing({ max: 1 }), sound.ScaledObject])).toEqual([
    { status: "accepted", causes: [] },
    { status: "refused", causes: [{ field: "spec", message: expect.stringMatching(/min is over max/) }] },
    { status: "accepted", causes: [] },
  ]);
  await server.stop();
});
