import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Answer, type Answers, openAnswers } from "../../plan/answers.ts";
import type { Plan } from "../../plan/model/plan.ts";
import { validateObjects } from "../../plan/validate-objects.ts";

const container = { name: "main", image: "registry.example.com/main:v1" };
const pod = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "one", namespace: "own" },
  spec: { containers: [container] },
};
const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "own", labels: {} } };
const strict = {
  ...namespace,
  metadata: { name: "own", labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
};

/** Asks about the objects, and returns how many questions were new. */
async function validate(
  answers: Answers,
  ...objects: object[]
): Promise<{ asked: number; failures: readonly string[] }> {
  let asked = 0;
  const counting: Answers = {
    ...answers,
    keep(fresh) {
      asked += fresh.size;
      answers.keep(fresh);
    },
  };
  const plan = {
    objects: objects.map((manifest) => ({ path: "", manifest })) as unknown as Plan["objects"],
    addons: [],
    kubernetesVersion: "1.35",
  };
  const { failures } = await validateObjects(plan, counting);
  return { asked, failures };
}

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "answers-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("answers that a machine keeps", () => {
  test("are found by the next run, which asks nothing and says the same", async () => {
    const first = await validate(openAnswers(folder), namespace, { ...pod, spec: { ...pod.spec, host: true } });
    expect(first).toEqual({ asked: 2, failures: ["Pod own/one: spec.host: unknown field"] });
    const next = openAnswers(folder);
    expect(next.some).toBe(true);
    expect(await validate(next, namespace, { ...pod, spec: { ...pod.spec, host: true } })).toEqual({
      ...first,
      asked: 0,
    });
  });

  test("do not answer for another object, nor for a namespace with other labels", async () => {
    expect(await validate(openAnswers(folder), namespace, pod)).toEqual({ asked: 2, failures: [] });
    const { asked, failures } = await validate(openAnswers(folder), strict, pod);
    expect(asked).toBe(2);
    expect(failures).toEqual([expect.stringMatching(/Pod own\/one: .*restricted/)]);
  });

  test("of other code are not used", async () => {
    await validate(openAnswers(folder), namespace);
    const file = join(folder, "judgements.json");
    const kept = JSON.parse(readFileSync(file, "utf8")) as { code: string; answers: Record<string, Answer> };
    writeFileSync(file, JSON.stringify({ ...kept, code: "of last year" }));
    expect(openAnswers(folder).some).toBe(false);
  });

  test.each(["", "{", "null", '{"code":1}'])("are none where the file says %j", (content) => {
    writeFileSync(join(folder, "judgements.json"), content);
    expect(openAnswers(folder).some).toBe(false);
  });

  test("leave nothing unfinished where the file cannot be replaced", async () => {
    mkdirSync(join(folder, "judgements.json"));
    expect(await validate(openAnswers(folder), namespace)).toEqual({ asked: 1, failures: [] });
    expect(readdirSync(folder)).toEqual(["judgements.json"]);
  });

  test("leave one file, and cost nothing but time where it cannot be written", async () => {
    const nowhere = openAnswers(join(folder, "judgements.json", "below-a-file"));
    await validate(openAnswers(folder), namespace);
    expect(readdirSync(folder)).toEqual(["judgements.json"]);
    expect(await validate(nowhere, namespace)).toEqual({ asked: 1, failures: [] });
  });
});
