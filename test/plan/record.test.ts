import { iam, s3 } from "@pulumi/aws";
import { ComponentResource, interpolate, secret } from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { known, originsOf, type RecordedResource } from "../../plan/model/recorded.ts";
import { record, urnOf } from "../../plan/record.ts";
import { planOf } from "../plans.ts";

const find = (resources: readonly RecordedResource[], name: string): RecordedResource => {
  const found = resources.find((resource) => resource.name === name);
  if (!found) throw new Error(`no ${name}`);
  return found;
};

describe("what is recorded of a program", () => {
  test("are inputs; what a provider makes is unknown, and says where it comes from", async () => {
    const resources = await record("test", () => {
      const role = new iam.Role("maker", { name: "maker", assumeRolePolicy: "{}" });
      new s3.Bucket("taker", { bucket: interpolate`${role.name}-bucket`, tags: { arn: role.arn } });
    });
    const taker = find(resources, "taker");
    expect(known(taker, "bucket")).toBe("maker-bucket");
    expect(() => known(taker, "tags.arn")).toThrow(
      "aws:s3/bucket:Bucket 'taker': 'tags.arn' is made by the provider, so a plan cannot know it.",
    );
    expect(() => known(taker, "tags")).not.toThrow();
    const tags = taker.inputs["tags"] as Record<string, never>;
    expect(originsOf(tags["arn"])).toEqual([find(resources, "maker").urn]);
  });

  test("hides secrets", async () => {
    const resources = await record("test", () => {
      new s3.Bucket("taker", { bucket: secret("hush") });
    });
    expect(JSON.stringify(resources)).not.toContain("hush");
    expect(() => known(find(resources, "taker"), "bucket")).toThrow(/cannot know it/);
  });

  test("keeps protection, ignored changes and the component above", async () => {
    const resources = await record("test", () => {
      const group = new ComponentResource("test:Group", "group");
      new s3.Bucket("bucket", {}, { parent: group, protect: true, ignoreChanges: ["tags"] });
    });
    expect(find(resources, "bucket")).toMatchObject({
      protect: true,
      ignoreChanges: ["tags"],
      parent: find(resources, "group").urn,
    });
  });
});

describe("a program that cannot be planned", () => {
  test("because it asks the cloud, is refused with the question", async () => {
    const asking = record("test", () => {
      const zone = iam.getRoleOutput({ name: "someone" });
      new s3.Bucket("bucket", { bucket: zone.name });
    });
    await expect(asking).rejects.toThrow(/The program asks the cloud \(aws:iam\/getRole:getRole\)/);
  });

  test("because it throws, fails as it would under Pulumi", async () => {
    await expect(
      record("test", () => {
        throw new Error("no such zone");
      }),
    ).rejects.toThrow("no such zone");
  });

  test("because an output's function throws, fails too", async () => {
    const failing = record("test", () => {
      const bucket = new s3.Bucket("one", { bucket: "one" });
      new s3.Bucket("two", {
        bucket: bucket.bucket.apply(() => {
          throw new Error("inside an apply");
        }),
      });
    });
    await expect(failing).rejects.toThrow("inside an apply");
  });
});

describe("a URN", () => {
  /** Printed by the Pulumi engine, v3.248.0, for the project's own stacks. */
  const printed = [
    "urn:pulumi:production::promptops::promptops:aws:Database$promptops:aws:GeneratedSecret$aws:secretsmanager/secret:Secret::database-admin",
    "urn:pulumi:production::promptops::promptops:GitOps$kubernetes:core/v1:Namespace::argocd",
    "urn:pulumi:production::promptops::promptops:aws:Cluster$pulumi:providers:kubernetes::cluster",
    "urn:pulumi:development::promptops::pulumi:providers:kubernetes::cluster",
  ];

  test.each(printed)("is the one that the engine prints: %s", async (urn) => {
    const [, stack = ""] = /^urn:pulumi:(\w+)::/.exec(urn) ?? [];
    const { resources } = await planOf(stack);
    expect(resources.map((resource) => resource.urn)).toContain(urn);
  });

  test("has the types of all parents in it, but not the root stack's", () => {
    const of = (parent: string): string => urnOf({ stack: "s", parent, type: "t:T", name: "n" });
    expect(of("")).toBe("urn:pulumi:s::promptops::t:T::n");
    expect(of("urn:pulumi:s::promptops::pulumi:pulumi:Stack::promptops-s")).toBe("urn:pulumi:s::promptops::t:T::n");
    expect(of("urn:pulumi:s::promptops::a:A$b:B$c:C::p")).toBe("urn:pulumi:s::promptops::a:A$b:B$c:C$t:T::n");
  });
});

describe("what the engine refuses", () => {
  const twice = (): void => {
    for (const name of ["one", "two"]) {
      const parent = new ComponentResource("test:Group", name);
      new s3.Bucket("same", {}, { parent });
    }
  };

  test("is a URN that is declared twice: the error names it and both declarations", async () => {
    await expect(record("test", twice)).rejects.toThrow(
      /^Two resources have the URN urn:pulumi:test::promptops::test:Group\$aws:s3\/bucket:Bucket::same, which the Pulumi engine refuses:\n {2}test\/plan\/record\.test\.ts:\d+, in one\n {2}test\/plan\/record\.test\.ts:\d+, in two\n/,
    );
  });

  test("is told apart from two names, and from one name under parents of two types", async () => {
    const resources = await record("test", () => {
      new s3.Bucket("same", {}, { parent: new ComponentResource("test:One", "parent") });
      new s3.Bucket("same", {}, { parent: new ComponentResource("test:Two", "parent") });
      new s3.Bucket("other");
    });
    expect(resources).toHaveLength(5);
  });
});

describe("the error that is reported is the first one", () => {
  test("when one follows from another: a question to the cloud, and what the missing answer breaks", async () => {
    const asking = record("test", () => {
      const zone = iam.getRoleOutput({ name: "someone" });
      new s3.Bucket("bucket", {
        bucket: zone.apply(() => {
          throw new Error("no answer");
        }),
      });
    });
    await expect(asking).rejects.toThrow(/asks the cloud/);
  });

  test("when a resource is declared twice and something that needs it throws afterwards", async () => {
    const failing = record("test", () => {
      new s3.Bucket("same");
      const { urn } = new s3.Bucket("same");
      new s3.Bucket("later", {
        bucket: urn.apply(() => {
          throw new Error("later");
        }),
      });
    });
    await expect(failing).rejects.toThrow(/::same, which/);
  });

  test("when a second run of the program, which is made for its stack trace, fails in another way", async () => {
    let runs = 0;
    const failing = record("test", () => {
      throw new Error(`run ${++runs}`);
    });
    await expect(failing).rejects.toThrow("run 1");
  });

  test("when the second run does not fail at all", async () => {
    let runs = 0;
    const failing = record("test", () => {
      if (++runs === 1) throw new Error("sometimes");
    });
    await expect(failing).rejects.toThrow("sometimes");
  });

  test("with the stack trace of the second run where that fails alike", async () => {
    const failure: unknown = await record("test", () => {
      throw new Error("no such zone");
    }).catch((error: unknown) => error);
    expect((failure as Error).stack).toMatch(/record\.test\.ts/);
  });
});

test("programs recorded one after the other do not see each other", async () => {
  const make =
    (name: string): (() => void) =>
    () => {
      new s3.Bucket(name, {});
    };
  expect((await record("one", make("a"))).map(({ urn }) => urn)).toEqual([
    "urn:pulumi:one::promptops::aws:s3/bucket:Bucket::a",
  ]);
  expect((await record("two", make("b"))).map(({ urn }) => urn)).toEqual([
    "urn:pulumi:two::promptops::aws:s3/bucket:Bucket::b",
  ]);
});
