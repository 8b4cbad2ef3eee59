import { describe, expect, test } from "vitest";
import type { Plan } from "../../plan/model/plan.ts";
import { validPrograms } from "../../proofs/valid-programs.ts";
import { environmentNames } from "../environments.ts";
import { damageObject, type Editable, planOf } from "../plans.ts";

const plan = await planOf("production");
const failuresOf = (each: Plan): readonly string[] => validPrograms.examine(each).failures;

test.each(environmentNames)("in %s every pod is what its program reads", async (name) => {
  const { failures, evidence } = validPrograms.examine(await planOf(name));
  expect(failures).toEqual([]);
  expect(evidence[0]).toMatch(/^[89] programs, \d+ variables, 18 files$/);
});

type Of = readonly [kind: string, name: string];
const workloads: readonly Of[] = [
  ["Rollout", "api"],
  ["Deployment", "worker"],
  ["Job", "api-migrate"],
  ["CronJob", "api-create-tenant"],
];

/** Damages the pod of a workload. */
const withPod = (of: Of, damage: (pod: Editable, container: Editable) => void): readonly string[] =>
  failuresOf(
    damageObject(plan, of[0], of[1], ({ spec }) => {
      const { spec: pod } = (spec.jobTemplate?.spec ?? spec).template;
      damage(pod, pod.containers[0]);
    }),
  );

function containerOf([kind, name]: Of): Editable {
  const found = plan.objects.find(({ manifest }) => manifest.kind === kind && manifest.metadata.name === name);
  const { spec } = found?.manifest as Editable;
  return (spec.jobTemplate?.spec ?? spec).template.spec.containers[0];
}

describe.each(workloads)("what %s %s is given otherwise than its program reads is noticed:", (...of) => {
  const container = containerOf(of);
  const variables = (container.env as { name: string }[]).map(({ name }) => name);

  test.each(variables)("%s under another name", (variable) => {
    const renamed = withPod(
      of,
      (_, { env }) => (env.find(({ name }: Editable) => name === variable).name = `${variable}S`),
    );
    expect(renamed).toContainEqual(expect.stringContaining(`sets ${variable}S, which its program does not read`));
  });

  // The operator's job says itself that its tenant is missing.
  test.each(variables.filter((name) => name !== "PROMPTOPS_TENANT"))("no %s", (variable) => {
    const without = withPod(
      of,
      (_, damaged) => (damaged.env = damaged.env.filter(({ name }: Editable) => name !== variable)),
    );
    expect(without).not.toEqual([]);
  });

  test.each<[string, (pod: Editable, container: Editable) => void, RegExp]>([
    ["another image", (_, damaged) => (damaged.image = "ghcr.io/promptops/evaluator:v0.1.0"), /runs image .*evaluator/],
    ["a command", (_, damaged) => (damaged.command = ["node"]), /replaces its image's command by 'node'/],
    ["another argument", (_, damaged) => (damaged.args = ["work"]), /has the arguments 'work', but its program takes/],
    [
      "secrets elsewhere",
      (_, damaged) => (damaged.volumeMounts[1].mountPath = "/run/secrets"),
      /reads \/etc\/promptops\/secrets\/database-url, which no mounted Secret has/,
    ],
    [
      "secrets that are not mounted",
      (_, damaged) => damaged.volumeMounts.pop(),
      /database-url, which no mounted Secret has/,
    ],
    [
      "a folder of the program moved by a variable",
      (_, { env }) => env.push({ name: "PROMPTOPS_SECRETS", value: "/secrets" }),
      /reads \/secrets\/database-url/,
    ],
    [
      "one file of its secrets as the folder",
      (_, damaged) => (damaged.volumeMounts[1].subPath = "database-url"),
      /database-url, which no mounted Secret has/,
    ],
    [
      "a file under another name",
      ({ volumes }) => (volumes[1].secret.items = [{ key: "database-url", path: "url" }]),
      /reads \/etc\/promptops\/secrets\/database-url/,
    ],
    ["files that only root may read", ({ volumes }) => (volumes[1].secret.defaultMode = 0o400), /cannot read/],
    ["files of a group that it is not in", ({ securityContext }) => delete securityContext.fsGroup, /cannot read/],
    [
      "another environment's name",
      (_, { env }) => (env[0].value = "staging"),
      /tells its program that it is in 'staging'/,
    ],
  ])("%s", (_, damage, failure) => {
    expect(withPod(of, damage)).toContainEqual(expect.stringMatching(failure));
  });
});

describe.each(workloads.slice(0, 2))("what %s %s is asked otherwise than its program answers is noticed:", (...of) => {
  const probes = ["startupProbe", "livenessProbe", "readinessProbe"] as const;

  test.each(probes)("%s", (probe) => {
    const damages: ((container: Editable) => void)[] = [
      (container) => (container[probe].httpGet.path = "/healthz"),
      (container) =>
        (container[probe].httpGet.path =
          container[probe === "livenessProbe" ? "startupProbe" : "livenessProbe"].httpGet.path),
      (container) => (container[probe].httpGet.port = "metrics"),
      (container) => (container[probe].httpGet.port = 8999),
      (container) => (container[probe].httpGet.scheme = "HTTPS"),
      (container) => (container[probe] = { tcpSocket: { port: "http" } }),
      (container) => (container[probe] = undefined),
    ];
    for (const damage of damages) {
      expect(withPod(of, (_, container) => damage(container))).toEqual([
        expect.stringMatching(
          /its (startup|live|ready) probe must get \/health\/(startup|live|ready) from port 808[01]/,
        ),
      ]);
    }
  });

  test("a port", () => {
    expect(withPod(of, (_, { ports }) => (ports[0].containerPort = 3000))).toContainEqual(
      expect.stringMatching(/its program listens on 808[01] .*, but the container says 3000/),
    );
  });

  test.each(["path", "port"])("a scraped %s", (key) => {
    const damaged = damageObject(plan, "ServiceMonitor", of[1], ({ spec }) => (spec.endpoints[0][key] = "/stats"));
    expect(failuresOf(damaged)).toContainEqual(
      expect.stringMatching(/ServiceMonitor .*: scrapes .* but the program answers \/metrics on 'metrics'/),
    );
  });
});

test("a variable that the program cannot read is told in its own words", () => {
  const damaged = withPod(["Deployment", "worker"], (_, { env }) => {
    env.find(({ name }: Editable) => name === "PROMPTOPS_MODELS").value = "[{]";
  });
  expect(damaged).toContainEqual(expect.stringMatching(/PROMPTOPS_MODELS: must be JSON/));
});

test("the API and the worker must know the same models", () => {
  const damaged = withPod(["Deployment", "worker"], (_, { env }) => {
    const models = env.find(({ name }: Editable) => name === "PROMPTOPS_MODELS");
    models.value = models.value.replace("7B", "14B");
  });
  expect(damaged).toEqual([
    "Deployment application/worker: has other models than Rollout application/api. Make PROMPTOPS_MODELS equal.",
  ]);
});

test("a workload that is gone is missed", () => {
  const objects = plan.podSources.filter(({ name }) => name !== "worker");
  expect(failuresOf({ ...plan, podSources: objects })).toEqual(["worker: no pod runs this program. Add its workload."]);
});
