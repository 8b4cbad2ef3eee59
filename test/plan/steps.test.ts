import { describe, expect, test } from "vitest";
import { plannedChanges } from "../../plan/changes/steps.ts";
import { resourcesOfExport } from "../../plan/changes/stack-export.ts";
import { carriedBy } from "../../plan/clouds/holders.ts";
import type { Recorded, RecordedResource } from "../../plan/model/recorded.ts";
import type { PlannedChanges } from "../../plan/model/steps.ts";
import { environmentNames } from "../environments.ts";
import { planOf } from "../plans.ts";

type Inputs = Readonly<Record<string, Recorded>>;
const [{ resources: aws }, { resources: lke }] = [await planOf("production"), await planOf("production-lke")];

/** What happens when inputs of some resources change: `Subnet private-eu-central-1a`. */
function changing(
  before: readonly RecordedResource[],
  changes: Readonly<Record<string, Inputs | undefined>>,
): PlannedChanges {
  const found = new Set<string>();
  const after = before.flatMap((resource) => {
    const key = `${resource.type.split(":").at(-1) ?? ""} ${resource.name}`;
    if (!resource.custom || !(key in changes)) return [resource];
    found.add(key);
    const inputs = changes[key];
    return inputs ? [{ ...resource, inputs: { ...resource.inputs, ...inputs } }] : [];
  });
  expect([...found].toSorted()).toEqual(Object.keys(changes).toSorted());
  return plannedChanges(before, after, carriedBy);
}

const steps = ({ steps }: PlannedChanges): string[] => steps.map(({ does, name }) => `${does} ${name}`);
const actions = ({ resources }: PlannedChanges): string[] => resources.map(({ action, name }) => `${action} ${name}`);

test.each(environmentNames)("nothing is done where nothing changes, in %s", async (name) => {
  const { resources } = await planOf(name);
  expect(plannedChanges(resources, structuredClone(resources), carriedBy)).toMatchObject({ resources: [], steps: [] });
});

test("a new environment is created in the order in which its resources need each other", () => {
  const { steps, resources } = plannedChanges([], aws, carriedBy);
  expect(new Set(resources.map(({ action }) => action))).toEqual(new Set(["create"]));
  const at = new Map(steps.map(({ urn }, index) => [urn, index]));
  for (const { urn, custom, dependsOn } of aws) {
    if (custom) for (const needed of dependsOn) expect(at.get(needed) ?? -1).toBeLessThan(at.get(urn) ?? -1);
  }
});

test("what is no longer declared is deleted, the last first", () => {
  const all = plannedChanges(aws, [], carriedBy);
  const created = plannedChanges([], aws, carriedBy);
  expect(all.steps.map(({ urn }) => urn)).toEqual(created.steps.map(({ urn }) => urn).toReversed());
});

describe("a change", () => {
  test("in place is an update, with what changes", () => {
    const { resources } = changing(aws, { "Instance database": { multiAz: false } });
    expect(resources).toMatchObject([
      { name: "Instance 'database'", action: "update", causes: [{ path: "multiAz", before: true, after: false }] },
    ]);
  });

  test("that Pulumi is told to ignore is none", () => {
    const group = aws.find(({ type }) => type.endsWith(":NodeGroup")) as RecordedResource;
    const scaled = { ...(group.inputs["scalingConfig"] as Inputs), desiredSize: 5 };
    expect(steps(changing(aws, { [`NodeGroup ${group.name}`]: { scalingConfig: scaled } }))).toEqual([]);
  });

  test("that the provider ignores is none", () => {
    expect(steps(changing(aws, { "Instance database": { allocatedStorage: 1 } }))).toEqual([]);
  });

  test("of a name that the program gives deletes the old resource first", () => {
    const role = steps(changing(aws, { "Role node": { path: "/other/" } })).filter((step) => step.includes(" Role "));
    expect(role).toEqual(["delete Role 'node'", "create Role 'node'"]);
  });

  test("of a resource without such a name makes the new one first", () => {
    const order = steps(changing(aws, { "NatGateway nat-eu-central-1a": { subnetId: "subnet-1" } }));
    expect(order[0]).toBe("create NatGateway 'nat-eu-central-1a'");
    expect(order.at(-1)).toBe("delete NatGateway 'nat-eu-central-1a'");
    // Its route takes the new gateway in place.
    expect(order.filter((step) => step.includes("Route "))).toEqual(["update Route 'private-eu-central-1a'"]);
  });

  test("of a launch template updates its node groups, which take its newest version", () => {
    const { resources } = changing(aws, { "LaunchTemplate data-1": { metadataOptions: { httpTokens: "optional" } } });
    const groups = resources.filter(({ name }) => name.startsWith("NodeGroup"));
    expect(groups.map(({ action, causes }) => [action, causes.map(({ path }) => path)])).toEqual(
      ["a", "b", "c"].map(() => ["update", ["launchTemplate.version"]]),
    );
  });

  test("of a cluster that has to be made again takes along what cannot live without it, first", () => {
    const changes = changing(aws, { "Cluster promptops-production": { roleArn: "arn:aws:iam::1:role/other" } });
    const order = steps(changes);
    const cluster = order.indexOf("delete Cluster 'promptops-production'");
    // Their inputs name the cluster, and stay the same: the engine asks what an unknown name would do.
    for (const each of ["NodeGroup 'data-1-a'", "Addon 'vpc-cni'"])
      expect(order.indexOf(`delete ${each}`)).toBeLessThan(cluster);
    // So is everything in the cluster, because its provider is replaced.
    expect(order.indexOf("delete StorageClass 'fast-ssd'")).toBeLessThan(cluster);
    expect(order.indexOf("create StorageClass 'fast-ssd'")).toBeGreaterThan(
      order.indexOf("create Cluster 'promptops-production'"),
    );
    expect(actions(changes)).not.toContain("replace Subnet 'private-eu-central-1a'");
  });

  test("of the provider's region replaces every resource of the cloud that names none of its own, and no other", () => {
    const { resources } = changing(aws, { "aws aws": { region: "us-west-2" } });
    const replaced = new Set(resources.filter(({ action }) => action === "replace").map(({ urn }) => urn));
    const ofCloud = aws.filter(({ custom, type }) => custom && type.startsWith("aws:"));
    const elsewhere = ofCloud.filter(({ urn }) => !replaced.has(urn));
    expect(elsewhere.map(({ name, inputs }) => [name, inputs["region"]])).toEqual([
      ["standby", "eu-west-1"],
      ["standby", "eu-west-1"],
    ]);
  });

  test("of the provider's default tags updates what has tags", () => {
    const { resources } = changing(aws, { "aws aws": { defaultTags: { tags: { project: "other" } } } });
    expect(resources.every(({ action }) => action === "update")).toBe(true);
    const names = resources.map(({ name }) => name);
    expect(names).toContain("Vpc 'vpc'");
    expect(names.filter((name) => name.startsWith("RolePolicyAttachment"))).toEqual([]);
  });

  test("that deletes a part of a resource says so, though Pulumi calls it an update", () => {
    const { resources } = changing(lke, { "LkeCluster promptops-production-lke": { k8sVersion: "1.36" } });
    expect(resources[0]).toMatchObject({ action: "update", carries: "data", causes: [{ effect: "recreate" }] });
  });
});

describe("the export of a stack", () => {
  /** As the engine keeps it: outputs have values, providers have added inputs, secrets are ciphertext. */
  const state = {
    version: 4,
    deployment: {
      resources: [
        {
          urn: "urn:pulumi:production::promptops::pulumi:pulumi:Stack::promptops-production",
          type: "pulumi:pulumi:Stack",
        },
        ...aws.map(({ urn, type, custom, protect, inputs, dependsOn, propertyDependencies, provider }) => ({
          ...{ urn, type, custom, protect, dependencies: dependsOn, propertyDependencies },
          provider: provider && `${provider}::0d5d4f5a-id`,
          inputs: { region: "eu-central-1", ...deployed(inputs), timeout: 3, __defaults: ["timeout"] },
        })),
        {
          urn: aws.find(({ type }) => type.endsWith(":Subnet"))?.urn,
          type: "aws:ec2/subnet:Subnet",
          custom: true,
          delete: true,
        },
      ],
    },
  };

  function deployed(inputs: Inputs): Inputs {
    const text = JSON.stringify(inputs)
      .replaceAll(/\{"\$output":\[[^\]]*\]\}/g, '"known-by-now"')
      .replaceAll(
        '{"$secret":true}',
        '{"4dabf18193072939515e22adb298388d":"1b47061264138c4ac30d75fd1eb44270","ciphertext":"v1:x"}',
      );
    return JSON.parse(text) as Inputs;
  }

  test("equals the plan that was deployed, but for what providers add", () => {
    const existing = resourcesOfExport(state, "production", aws) ?? [];
    expect(plannedChanges(existing, aws, carriedBy).steps).toEqual([]);
  });

  test("shows what changed since", () => {
    const after = aws.map((resource) =>
      resource.name === "database" && resource.type.endsWith(":Instance")
        ? { ...resource, inputs: { ...resource.inputs, engineVersion: "18" } }
        : resource,
    );
    const existing = resourcesOfExport(state, "production", after) ?? [];
    expect(steps(plannedChanges(existing, after, carriedBy))).toEqual(["update Instance 'database'"]);
  });

  test("of another stack says nothing", () => {
    expect(resourcesOfExport(state, "staging", aws)).toBeUndefined();
  });
});
