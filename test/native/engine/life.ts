import { runtime } from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { liftGuards } from "../../../operations/guards.ts";
import type { StateResource, Step } from "../../../operations/stack.ts";
import { program } from "../../../infra/index.ts";
import { plannedChanges } from "../../../plan/changes/steps.ts";
import { carriedBy } from "../../../plan/clouds/holders.ts";
import { isObject, type Recorded, type RecordedResource } from "../../../plan/model/recorded.ts";
import { record } from "../../../plan/record.ts";
import type { Environment } from "../../../platform/environment.ts";
import { destructiveChanges } from "../../../proofs/no-destructive-change.ts";
import { descriptors, environment } from "../../environments.ts";
import { freshPlan } from "../../plans.ts";
import { openTestStack, type TestStack } from "./stack.ts";

/** A change of an environment file, by key; undefined removes a key. */
export type FileChange = Readonly<Record<string, unknown>>;

/** A change that the plan refuses, and with which words the cloud does. */
export type Refused = readonly [what: string, change: FileChange, says: RegExp];

/**
 * A year of an environment on the real engine: made, left alone, changed, taken down and made again. Changes come one on top of the
 * other; each refused one is tried on the file as it is.
 */
export function describeLife(
  name: string,
  changes: Readonly<Record<string, FileChange>>,
  refused: readonly Refused[] = [],
): void {
  describe(`${name}, on the real engine`, () => {
    const first = environment(name);
    const recorded = recorderOf(name);
    let opened: TestStack;
    beforeAll(async () => {
      opened = await openTestStack(name, { databasePort: first.cloud === "linode" ? first.database.port : undefined });
    });
    afterAll(() => {
      opened.close();
    });

    test("up makes what the plan records, with its inputs, order and protection", async () => {
      await opened.stack.up(first);
      const resources = await recorded();
      const made = new Map((await opened.stack.resources()).map((resource) => [resource.urn, resource]));
      const isOwn = ({ type }: StateResource): boolean => type !== "pulumi:pulumi:Stack";
      expect(
        [...made.values()]
          .filter(isOwn)
          .map(({ urn }) => urn)
          .toSorted(),
      ).toEqual(resources.map(({ urn }) => urn).toSorted());
      for (const recorded of resources) expectAsRecorded(made.get(recorded.urn), recorded);
    });

    test("the name servers of its zone are an output", async () => {
      expect(await opened.stack.output("nameServers")).toEqual(NAME_SERVERS[first.cloud]);
    });

    test("no secret is in clear in the state", async () => {
      const secrets = secretsIn(await opened.stack.resources());
      expect(secrets.length).toBeGreaterThan(0);
      const state = opened.state();
      // As the export has them, in quotes.
      expect(secrets.filter((secret) => secret.length > 20 && state.includes(secret.slice(1, -1)))).toEqual([]);
    });

    test("an up and a refresh later, nothing is left to do", async () => {
      expect(await opened.stack.preview(first)).toEqual([]);
      await opened.stack.refresh();
      expect(await opened.stack.preview(first)).toEqual([]);
    });

    test.each(inTurn(changes))("%s: up does what the plan says, and no more", async (_, before, after) => {
      const { steps } = plannedChanges(await recorded(before), await recorded(after), carriedBy);
      const planned = steps.map(({ urn, does }) => `${does} ${urn}`);
      const taken = (await opened.stack.up(environment(name, after))).flatMap(asPlanned);
      expect(taken.toSorted()).toEqual(planned.toSorted());
      expect(replacementsIn(taken)).toEqual(replacementsIn(planned));
    });

    test.each(refused)("%s: the plan refuses it, and so does the cloud", async (_, change, says) => {
      const [old, wanted] = [await freshPlan(name), await freshPlan(name, change)];
      const { resources } = plannedChanges(old.resources, wanted.resources, carriedBy);
      expect(destructiveChanges(resources, wanted, false)).not.toEqual([]);
      await expect(opened.stack.up(environment(name, change))).rejects.toThrow(says);
      await opened.stack.up(first);
      expect(await opened.stack.preview(first)).toEqual([]);
    });

    test("guards are not lifted while the file differs from what is deployed, and nothing is changed", async () => {
      const other = environment(name, { "gitops.repository": "https://github.com/promptops/other" });
      const lifted = liftGuards(opened.stack, other, { keepBackups: false });
      // A local environment has no guards, so its program is not run.
      if (first.cloud === "local") expect(await lifted).toEqual([]);
      else await expect(lifted).rejects.toThrow(DIFFERS);
      expect(await opened.stack.preview(first)).toEqual([]);
    });

    test("a teardown leaves nothing in the clouds, and the environment can be made again", async () => {
      await takeDown(opened, first);
      expect(opened.standing()).toEqual([]);
      await opened.stack.up(first);
      expect(await opened.stack.preview(first)).toEqual([]);
    });

    test("a teardown that keeps backups leaves their bucket and vault, and the keys that open them", async () => {
      await takeDown(opened, first, { keepBackups: true });
      const left = opened.standing().map(({ type, inputs }) => `${type} ${String(inputs["description"] ?? "")}`.trim());
      expect(left.filter((each) => !/bucket/i.test(each)).toSorted()).toEqual(KEPT_KEYS[first.cloud]);
      expect(left.some((each) => /bucket/i.test(each))).toBe(first.cloud !== "local");
    });
  });
}

const DIFFERS = /differs from what is deployed; lifting the guards would also do this:\n {2}update Release /;

/** Route 53 assigns them; the stand-in invents two. */
const NAME_SERVERS: Readonly<Record<Environment["cloud"], readonly string[] | undefined>> = {
  aws: ["ns1.example", "ns2.example"],
  linode: ["ns1.linode.com", "ns2.linode.com", "ns3.linode.com", "ns4.linode.com", "ns5.linode.com"],
  local: undefined,
};

/** What is kept besides buckets and their settings. */
const KEPT_KEYS: Readonly<Record<Environment["cloud"], readonly string[]>> = {
  aws: [
    "aws:backup/vault:Vault",
    "aws:kms/key:Key Backups in the standby region",
    "aws:kms/key:Key Volumes, databases, secrets and backups",
  ],
  linode: [],
  local: [],
};

/** Each change on top of those before it, and at last the file as it was. */
function inTurn(changes: Readonly<Record<string, FileChange>>): [string, FileChange, FileChange][] {
  let before: FileChange = {};
  const turns = Object.entries(changes).map(([what, change]): [string, FileChange, FileChange] => {
    const earlier = before;
    before = { ...earlier, ...change };
    return [what, earlier, before];
  });
  return [...turns, ["all of it undone", before, {}]];
}

/** What the plan records of the environment's file after a change, each change once. */
function recorderOf(name: string): (change?: FileChange) => Promise<RecordedResource[]> {
  const found = new Map<FileChange, Promise<RecordedResource[]>>();
  return (change = {}) => {
    const resources =
      found.get(change) ??
      record(name, () => {
        program(environment(name, change), descriptors);
      });
    found.set(change, resources);
    return resources;
  };
}

async function takeDown({ stack }: TestStack, of: Environment, teardown = { keepBackups: false }): Promise<void> {
  await liftGuards(stack, of, teardown);
  await stack.destroy();
}

function expectAsRecorded(made: StateResource | undefined, recorded: RecordedResource): void {
  const { urn, protect, dependsOn } = recorded;
  expect(made, urn).toBeDefined();
  expect(made?.protect ?? false, urn).toBe(protect);
  expect(made?.dependencies ?? [], urn).toEqual(expect.arrayContaining([...dependsOn]));
  if (recorded.custom) expect(mismatches(recorded.inputs, made?.inputs ?? {}), urn).toEqual([]);
}

/** Where the engine's inputs differ from recorded ones. What the plan cannot know is not compared; a secret must be one. */
function mismatches(recorded: Recorded, made: unknown, path = ""): string[] {
  if (isObject(recorded)) {
    if ("$output" in recorded) return [];
    if ("$secret" in recorded) return secretIn(made) === undefined ? [`${path} is no secret`] : [];
    if (!isObject(made as Recorded)) return [`${path} is no object`];
    const inside = made as Readonly<Record<string, unknown>>;
    return Object.entries(recorded).flatMap(([key, value]) => mismatches(value, inside[key], `${path}.${key}`));
  }
  if (Array.isArray(recorded)) {
    return recorded.flatMap((item: Recorded, index) =>
      mismatches(item, (made as unknown[])[index], `${path}.${index}`),
    );
  }
  return recorded === made ? [] : [`${path}: ${JSON.stringify(recorded)} is ${JSON.stringify(made)}`];
}

/** The text of a secret as `pulumi stack export --show-secrets` marks it. */
function secretIn(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || !(runtime.specialSigKey in value)) return undefined;
  return String((value as { plaintext?: unknown }).plaintext);
}

function secretsIn(value: unknown): string[] {
  const secret = secretIn(value);
  if (secret !== undefined) return [secret];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(secretsIn) : [];
}

const OPERATIONS: Readonly<Record<string, string>> = {
  create: "create",
  "create-replacement": "create",
  delete: "delete",
  "delete-replaced": "delete",
  update: "update",
};

/** As the plan says it. Components have no provider, and a plan leaves them out. */
function asPlanned({ op, urn }: Step): string[] {
  const does = OPERATIONS[op];
  const isComponent = /[$:]promptops:[^$]*$/.test(urn.split("::").slice(0, 3).join("::"));
  return does === undefined || isComponent ? [] : [`${does} ${urn}`];
}

/** Whether each replaced resource is made first, or deleted first. */
function replacementsIn(steps: readonly string[]): string[] {
  const urns = new Set(steps.map((step) => step.split(" ")[1] ?? ""));
  return [...urns].toSorted().flatMap((urn) => {
    const [made, deleted] = [steps.indexOf(`create ${urn}`), steps.indexOf(`delete ${urn}`)];
    if (made < 0 || deleted < 0) return [];
    return [made < deleted ? `${urn} is made first` : `${urn} is deleted first`];
  });
}
