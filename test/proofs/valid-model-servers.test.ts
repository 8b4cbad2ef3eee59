import { describe, expect, test } from "vitest";
import { validModelServers } from "../../proofs/valid-model-servers.ts";
import { environmentNames } from "../environments.ts";
import { damageObject, type Editable, planOf, withoutObject } from "../plans.ts";

const plan = await planOf("production");
const failuresOf = (each: typeof plan): readonly string[] => validModelServers.examine(each).failures;
const SERVER = "qwen2-5-7b-instruct";

test.each(environmentNames)("in %s every model server is as it is called", async (name) => {
  const { failures, evidence } = validModelServers.examine(await planOf(name));
  expect(failures).toEqual([]);
  expect(evidence[0]).toMatch(/^(0 model servers|1 model server), 3 models that services call$/);
});

const withServer = (damage: (container: Editable) => void): readonly string[] =>
  failuresOf(damageObject(plan, "Deployment", SERVER, ({ spec }) => damage(spec.template.spec.containers[0])));

/** Replaces one argument. */
const withArgument = (from: string, to: string): readonly string[] =>
  withServer((container) => (container.args = container.args.map((arg: string) => (arg.startsWith(from) ? to : arg))));

describe("a server that does otherwise than it is called is noticed:", () => {
  test.each<[what: string, from: string, to: string, RegExp]>([
    [
      "another name",
      "--served-model-name",
      "--served-model-name=qwen",
      /calls model 'Qwen\/Qwen2.5-7B-Instruct', but Deployment .* serves qwen/,
    ],
    [
      "another model",
      "Qwen/",
      "Qwen/Qwen2.5-14B-Instruct",
      /no earlier job runs 'hf download Qwen\/Qwen2.5-14B-Instruct --revision=main'/,
    ],
    ["another revision", "--revision", "--revision=v2", /no earlier job runs .* --revision=v2'/],
    ["another port", "--port", "--port=8080", /listens on 8080, which the container does not open/],
    ["a share of the GPU beyond it", "--gpu-memory-utilization", "--gpu-memory-utilization=9", /cannot be '9'/],
    ["a flag that vLLM does not know", "--max-num-seqs", "--max-num-sequences=32", /no flag '--max-num-sequences'/],
    ["another subcommand", "serve", "server", /runs 'vllm server'/],
  ])("%s", (_, from, to, failure) => {
    expect(withArgument(from, to)).toContainEqual(expect.stringMatching(failure));
  });

  test.each(["startupProbe", "livenessProbe", "readinessProbe"])("a %s of what it does not answer", (probe) => {
    expect(withServer((container) => (container[probe].httpGet.path = "/healthz"))).toContainEqual(
      expect.stringMatching(/asks \/healthz/),
    );
    expect(withServer((container) => (container[probe].httpGet.port = 9000))).toContainEqual(
      expect.stringMatching(/of port '9000'/),
    );
  });

  test("a readiness probe that does not wait for the model", () => {
    expect(withServer(({ readinessProbe }) => (readinessProbe.httpGet.path = "/health"))).toHaveLength(1);
  });

  test("weights elsewhere", () => {
    expect(
      withServer(
        ({ volumeMounts }) => (volumeMounts.find(({ name }: Editable) => name === "weights").mountPath = "/weights"),
      ),
    ).toEqual([expect.stringMatching(/HF_HOME is '\/models', where no volume is mounted/)]);
  });

  test("weights that no job has fetched", () => {
    expect(failuresOf(withoutObject(plan, "Job", `weights-${SERVER}`))).toEqual([
      expect.stringMatching(/sets HF_HUB_OFFLINE, but no earlier job/),
    ]);
  });
});

test("a service that calls another name or path is noticed", () => {
  const worker = (from: string, to: string): readonly string[] =>
    failuresOf(
      damageObject(plan, "Deployment", "worker", ({ spec }) => {
        const models = spec.template.spec.containers[0].env.find(({ name }: Editable) => name === "PROMPTOPS_MODELS");
        models.value = models.value.replace(from, to);
      }),
    );
  expect(worker("Qwen/Qwen2.5", "qwen2.5")).toEqual([
    expect.stringMatching(/^Deployment application\/worker: calls model/),
  ]);
  expect(worker("/v1", "/v2")).toEqual([expect.stringMatching(/answers below \/v1/)]);
});

test("a server that runs something else, or may download after all, is noticed", () => {
  expect(withServer((container) => (container.command = ["python3"]))).toContainEqual(
    expect.stringMatching(/runs 'python3'. Set command to 'vllm'/),
  );
  expect(
    withServer((container) => {
      container.env.find(({ name }: Editable) => name === "HF_HUB_OFFLINE").value = "0";
    }),
  ).toContainEqual(expect.stringMatching(/sets HF_HUB_OFFLINE to '0', which means no/));
});

test.each<[string, (container: Editable) => unknown, RegExp]>([
  ["a cache where no volume is", ({ volumeMounts }) => (volumeMounts[2].mountPath = "/x"), /writes to HOME, '\/cache'/],
  ["little shared memory", ({ volumeMounts }) => volumeMounts.splice(3, 1), /has no volume at \/dev\/shm/],
  [
    "a download that cannot be written",
    ({ env }) => env.pop(),
    /may download into HF_HOME, which is mounted read-only/,
  ],
])("%s is noticed", (_, damage, failure) => {
  expect(withServer((container) => void damage(container))).toContainEqual(expect.stringMatching(failure));
});
