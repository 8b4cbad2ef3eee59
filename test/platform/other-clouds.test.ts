import { describe, expect, test } from "vitest";
import { type LinodeEnvironment, regionOf } from "../../platform/environment.ts";
import { parseEnvironment } from "../../platform/read-environment.ts";
import { descriptors, environment, environmentSource, faultsOf } from "../environments.ts";

describe("on linode", () => {
  const faults = (changes: Record<string, unknown>): string[] => faultsOf(changes, "production-lke");

  test.each<[string, Record<string, unknown>, RegExp]>([
    ["an account", { account: "111122223333" }, /^promptops:account: has no meaning on linode/],
    ["zones", { zones: ["fr-par-a"] }, /^promptops:zones: has no meaning on linode/],
    ["a network", { network: { cidr: "10.20.0.0/16" } }, /^promptops:network: has no meaning on linode/],
    ["another cloud's region", { region: "eu-central-1" }, /^promptops:region: must be a region of linode .*fr-par/],
    [
      "roles of an account",
      { "kubernetes.administrators": ["arn:aws:iam::111122223333:role/platform"] },
      /^promptops:kubernetes\.administrators: has no meaning on linode/,
    ],
    [
      "a GPU that LKE cannot deploy",
      { "pools.gpu.needs": undefined, "pools.gpu.type": "g1-gpu-rtx6000-1" },
      /^promptops:pools\.gpu\.type: cannot be deployed within LKE, says Akamai. Take g2-gpu-rtx4000a1-m/,
    ],
    [
      "a machine type of EC2",
      { "pools.gpu.needs": undefined, "pools.gpu.type": "g6.xlarge" },
      /^promptops:pools\.gpu\.type: must be a machine type that the catalogue has in fr-par/,
    ],
    [
      "more storage than any class brings",
      { "database.storage": "1000Gi" },
      /^promptops:database\.needs: fits no instance class of the catalogue on linode/,
    ],
    [
      "a last snapshot, which cannot be taken",
      { teardown: { keepBackups: true, finalSnapshot: "last" } },
      /^promptops:teardown\.finalSnapshot: cannot be taken on linode/,
    ],
    [
      "a snapshot, which cannot be restored",
      { "database.restoreFrom": { generation: 2, snapshot: "last" } },
      /^promptops:database\.restoreFrom\.snapshot: cannot be restored on linode, which only forks a server/,
    ],
    [
      "a server by its name",
      { "database.restoreFrom": { generation: 2, pointInTime: "2026-11-30T02:15:00Z", of: "promptops-production" } },
      /^promptops:database\.restoreFrom\.of: must be the id of a server, a number, on linode/,
    ],
    [
      "a domain that makes the bucket's name too long",
      { domain: "a-rather-long-name.of-our-own.promptops.io" },
      /^promptops:domain: is in the name of the bucket promptops-production-lke-backups-a-rather\S* .* Shorten it by 12/,
    ],
  ])("%s is refused", (_, changes, rule) => {
    expect(faults(changes)).toEqual([expect.stringMatching(rule)]);
  });

  test("the region is fr-par where none is named", () => {
    expect(regionOf(environment("production-lke", { region: undefined }))).toBe("fr-par");
  });
});

describe("an environment looked at on another cloud", () => {
  const on = (cloud: "aws" | "linode" | "local", changes: Record<string, unknown> = {}): unknown => {
    try {
      return parseEnvironment(environmentSource("production", changes), "production", descriptors, cloud);
    } catch (error) {
      return (error as Error).message;
    }
  };

  test("keeps its preferences and drops the keys that only its own cloud has", () => {
    const moved = on("linode") as LinodeEnvironment;
    const { cloud, region, kubernetes, pools } = moved;
    expect({ cloud, region }).toEqual({ cloud: "linode", region: "fr-par" });
    for (const key of ["account", "zones", "network"]) expect(moved).not.toHaveProperty(key);
    expect(kubernetes).toEqual({ version: "1.35", access: ["203.0.113.0/24"] });
    expect(pools).toEqual(environment("production").pools);
  });

  test("is refused where that one cannot do what it requires", () => {
    expect(on("linode", { "pools.gpu.needs.memory": "600Gi" })).toMatch(
      /^Pulumi\.production\.yaml on linode has 1 fault:\n\n {2}promptops:pools\.gpu\.needs = .*\n {4}fits no machine type/,
    );
    expect(on("local")).toMatch(/nothing adds nodes there/);
  });

  test("is itself on its own", () => {
    expect(on("aws")).toEqual(environment("production"));
  });
});
