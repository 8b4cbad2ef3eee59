import { runtime } from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import main from "../../infra/bootstrap/main.ts";
import { stateProgram } from "../../infra/bootstrap/state.ts";
import { aws } from "../../plan/clouds/aws.ts";
import { record } from "../../plan/record.ts";
import { planOf } from "../plans.ts";

const account = { id: "111122223333", region: "eu-central-1" };
const resources = await record("management", () => stateProgram(account));
const { expected } = await planOf("production");
const { stores, holders, retentions, entrances, faults } = aws.safety(resources, expected.cloud);

describe("the state of all stacks", () => {
  test("is in one bucket, encrypted with a key of our own that rotates, over TLS alone", () => {
    expect(stores).toEqual([
      {
        name: "Bucket 'state'",
        holds: "data",
        key: { name: "Key 'state'", exists: true, rotates: true },
        refusesPlaintext: true,
      },
    ]);
  });

  test("has no way in from the internet, and nothing that AWS would refuse", () => {
    expect(entrances.flatMap(({ from }) => from)).toEqual([]);
    expect(faults).toEqual([]);
  });

  test("keeps versions for a year, and refuses to be deleted, as its key does", () => {
    expect(holders.map(({ name, protect }) => [name, protect])).toEqual([
      ["Key 'state'", true],
      ["Bucket 'state'", true],
    ]);
    expect(holders.flatMap(({ guards }) => guards).filter(({ on }) => !on)).toEqual([]);
    expect(retentions.map(({ of, days }) => [of, days])).toEqual([
      ["deleted keys", 30],
      ["old versions", 365],
    ]);
  });
});

describe("the program", () => {
  const run = async (config: Record<string, string>): ReturnType<typeof main> => {
    await runtime.setMocks({ newResource: ({ inputs }) => ({ id: "", state: inputs }), call: () => ({}) }, "bootstrap");
    runtime.setAllConfig(config);
    const outputs = await main();
    await runtime.disconnect();
    return outputs;
  };

  test("says where to log in, and what encrypts secrets", async () => {
    expect(await run({ "bootstrap:account": "111122223333", "bootstrap:region": "eu-central-1" })).toEqual({
      backend: "s3://promptops-state-111122223333?region=eu-central-1",
      secretsProvider: "awskms://alias/promptops-state?region=eu-central-1",
    });
  });

  test.each([
    [{}, /^bootstrap:account must be an AWS account id: 12 digits.*Set it: pulumi config set account/],
    [{ "bootstrap:account": "111122223333" }, /^bootstrap:region must be a region.*Set it/],
    [{ "bootstrap:account": "1", "bootstrap:region": "eu-central-1" }, /^bootstrap:account must be an AWS account id/],
  ])("refuses %j with the rule and the next step", async (config, message) => {
    await expect(run(config)).rejects.toThrow(message);
  });
});
