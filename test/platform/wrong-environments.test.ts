import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { FaultyFileError } from "../../platform/faults.ts";
import { listEnvironments, parseEnvironment, readEnvironment } from "../../platform/read-environment.ts";
import { descriptors, environment, environmentSource, faultsIn, faultsOf } from "../environments.ts";

const pool = { needs: { vcpu: 2, memory: "8Gi" }, nodes: { min: 3, max: 3 } };
const hosted = (name: string, min = 2): unknown => ({ name, hosted: { replicas: { min, max: 2 } } });
const qwen = "Qwen/Qwen2.5-7B-Instruct";
const elsewhere = (endpoint: string, others: object = {}): Record<string, unknown> => ({
  models: [{ name: "gpt", concurrency: 4, endpoint, ...others }],
});

type Case = [title: string, changes: Record<string, unknown>, rule: RegExp];

function refuses(cases: readonly Case[], name = "production"): void {
  test.each(cases)("%s", (_, changes, rule) => {
    expect(faultsOf(changes, name)).toEqual([expect.stringMatching(rule)]);
  });
}

describe("an amount that does not serve is refused", () => {
  refuses([
    [
      "nodes of 16 bytes",
      { "pools.data.needs.memory": "16" },
      /^promptops:pools\.data\.needs\.memory: must be at least 2Gi/,
    ],
    ["nodes of half a byte", { "pools.data.needs.memory": "500m" }, /needs\.memory: must be at least 2Gi/],
    [
      "a database of 100 MB",
      { "database.needs.memory": "100M" },
      /^promptops:database\.needs\.memory: must be at least 1Gi/,
    ],
    ["storage of 1e3 bytes", { "database.storage": "1e3" }, /^promptops:database\.storage: must be at least 2Gi/],
    ["storage below nothing", { "database.storage": "-100Gi" }, /^promptops:database\.storage: must be at least 2Gi/],
    ["storage of RDS that cannot grow", { "database.storage": "30Ti" }, /storage: must be at most 16384Gi/],
    ["storage of a petabyte", { "database.storage": "1Pi" }, /storage: must be at most 16384Gi/],
    ["a cache of 16 bytes", { "addons.valkey": { memory: "16" } }, /addons\.valkey\.memory: must be at least 256Mi/],
    ["a queue of a megabyte", { "addons.rabbitmq": { memory: "1Mi" } }, /rabbitmq\.memory: must be at least 256Mi/],
    [
      "a volume larger than EBS has",
      { "addons.valkey": { storage: "1Pi" } },
      /valkey\.storage: must be at most 65536Gi/,
    ],
    [
      "a volume smaller than what is written to it",
      { "addons.rabbitmq": { memory: "8Gi", storage: "1Gi" } },
      /rabbitmq\.storage: must be at least its memory, 8Gi/,
    ],
  ]);
  describe("on linode", () => {
    refuses(
      [
        ["a volume smaller than it sells", { "addons.valkey": { storage: "5Gi" } }, /storage: must be at least 10Gi/],
        ["a volume larger than it sells", { "addons.valkey": { storage: "20Ti" } }, /storage: must be at most 16384Gi/],
        ["a database larger than any class", { "database.storage": "1Ti" }, /database\.needs: .*with 1Ti of storage/],
      ],
      "production-lke",
    );
  });

  test("and the same amount in other words is not", () => {
    expect(environment("production", { "database.storage": 107_374_182_400 }).database.storage).toBe("107374182400");
    expect(environment("production", { "database.storage": "1e11" }).database.storage).toBe("1e11");
  });
});

describe("a network or zone that cannot be is refused", () => {
  const small = { application: { ...pool, nodes: { min: 3, max: 6 } } };
  refuses([
    ["a /20 for all pods", { "network.cidr": "10.20.0.0/20" }, /^promptops:network\.cidr: has 507 addresses per zone/],
    [
      "a /18 for 7,000 pods",
      { "network.cidr": "10.20.0.0/18", "pools.application.nodes.max": 121 },
      /has 2043 addresses/,
    ],
    ["1,000 nodes", { "pools.application.nodes.max": 1000 }, /^promptops:network\.cidr: has 8187 addresses per zone/],
    [
      "a private block that may reach the endpoint",
      { "kubernetes.access": ["10.0.0.0/8"] },
      /access\.0: must be public/,
    ],
    ["a block twice", { "kubernetes.access": ["203.0.113.0/24", "203.0.113.0/24"] }, /must not list a block twice/],
    [
      "the internet in parts",
      {
        "kubernetes.access": Array.from({ length: 224 }, (_, first) => `${first + 1}.0.0.0/8`).filter(
          (b) => b !== "10.0.0.0/8",
        ),
      },
      /^promptops:kubernetes\.access: must list at most 40 blocks/,
    ],
  ]);

  test("and a /20 that holds the pods is not", () => {
    expect(faultsOf({ "network.cidr": "10.20.0.0/20", pools: small, models: undefined })).toEqual([]);
  });
});

describe("a secret in clear text is refused", () => {
  refuses([
    [
      "a password in a URL",
      elsewhere("https://bob:hunter2@api.openai.com/v1"),
      /^promptops:models\.0\.endpoint: has a user/,
    ],
    [
      "a user in a URL",
      { "gitops.repository": "https://bob@github.com/a/b" },
      /^promptops:gitops\.repository: has a user/,
    ],
    ["a key in a query", elsewhere("https://api.openai.com/v1?api-key=abc"), /endpoint: has a secret in its query/],
    [
      "a signature in a query",
      elsewhere("https://api.openai.com/v1?v=1&sig=abc"),
      /endpoint: has a secret in its query/,
    ],
    [
      "a key for its name",
      elsewhere("https://api.openai.com/v1", { credential: `sk-${"a1".repeat(20)}` }),
      /looks like a/,
    ],
    ["an AWS key", { "gitops.repository": "https://github.com/a/AKIAIOSFODNN7EXAMPLE" }, /looks like a secret key/],
    [
      "random text",
      { "gitops.repository": "https://github.com/a/wJalrXUtnFEMIK7MDENGbPxRfiCYzEXAMPLEKEY9" },
      /repository: looks like a secret key/,
    ],
  ]);

  test("as a value of a provider, while an encrypted one is left alone", () => {
    const source = environmentSource("production");
    expect(faultsIn(`${source}  linode:token: 0123456789abcdef\n`)).toEqual([
      expect.stringMatching(/^linode:token: is named like a secret, and is in clear text/),
    ]);
    expect(faultsIn(`${source}  linode:token: { secure: 0123456789abcdef }\n`)).toEqual([]);
  });

  test("and no message repeats it", () => {
    const changes = { "gitops.repository": "ssh://bob:hunter2@github.com/a/b", password: "hunter2" };
    const parse = (): unknown => parseEnvironment(environmentSource("production", changes), "production", descriptors);
    expect(parse).toThrow(FaultyFileError);
    expect(parse).not.toThrow(/hunter2/);
  });

  test("a commit, a role of single sign-on and a credential's name are no secrets", () => {
    const role = "arn:aws:iam::111122223333:role/aws-reserved/AWSReservedSSO_AdministratorAccess_0123456789abcdef";
    const revision = "a09a35458c702b33eeacc393d103063234e8bc28";
    const models = [{ name: qwen, hosted: { replicas: { min: 2, max: 2 }, revision } }];
    expect(faultsOf({ "kubernetes.administrators": [role], models })).toEqual([]);
    expect(faultsOf(elsewhere("https://api.openai.com/v1", { credential: "openai" }))).toEqual([]);
  });
});

describe("a single one in a protected environment is refused", () => {
  refuses([
    [
      "a zone",
      { zones: ["eu-central-1a"], "pools.gpu.zones": undefined, "database.readReplicas": undefined },
      /^promptops:zones: must name at least 2 zones/,
    ],
    [
      "a zone of a pool",
      { "pools.data.zones": ["eu-central-1a"] },
      /^promptops:pools\.data\.zones: must be at least 2/,
    ],
    [
      "a replica",
      { services: { api: { replicas: { min: 1, max: 2 } } } },
      /services\.api\.replicas\.min: must be at least 2/,
    ],
    ["a replica of a model", { models: [hosted(qwen, 1)] }, /models\.0\.hosted\.replicas\.min: must be at least 2/],
    ["a database server", { "database.standby": undefined }, /^promptops:database\.standby: must be true/],
  ]);

  test.each([
    ["a node where there are no zones", "pools.application.nodes.min", 1, /must be at least 2/],
    ["a control plane without a copy", "kubernetes.highAvailability", false, /must be true/],
  ])("also %s, on LKE", (_, key, value, rule) => {
    const faults = faultsOf({ [key]: value }, "production-lke");
    expect(faults).toEqual([expect.stringMatching(new RegExp(`^promptops:${key}: ${rule.source}`))]);
    expect(faultsOf({ protect: false, [key]: value }, "production-lke")).toEqual([]);
  });

  test("and accepted in one that is not protected", () => {
    const services = { api: { replicas: { min: 1, max: 2 } } };
    expect(
      faultsOf({ protect: false, services, "database.standby": false, "pools.data.zones": ["eu-central-1a"] }),
    ).toEqual([]);
  });
});

describe("a name, list or URL that cannot work is refused", () => {
  refuses([
    ["an environment that rehearses itself", { rehearses: "production" }, /^promptops:rehearses: must name another/],
    ["a model twice", { models: [hosted(qwen), hosted(qwen)] }, /^promptops:models\.1\.name: is listed twice/],
    ["a model with spaces", { models: [hosted("a b")] }, /models\.0\.name: must be a model's name/],
    ["a path for a model", { models: [hosted("../../etc")] }, /models\.0\.name: must be a model's name/],
    ["a URL that is none", elsewhere("https://["), /endpoint: must be an http or https URL/],
    ["a port that is none", elsewhere("https://api.openai.com:99999/v1"), /endpoint: must be an http or https URL/],
    ["a query", elsewhere("https://api.openai.com/v1?version=2"), /endpoint: must be .* without a query/],
    ["a fragment", elsewhere("https://api.openai.com/v1#chat"), /endpoint: must be .* without a query/],
    ["clear text over the internet", elsewhere("http://api.openai.com/v1"), /endpoint: must be https/],
    [
      "a host without a repository",
      { "gitops.repository": "https://github.com" },
      /repository: must be an https URL of a/,
    ],
    ["a branch of a repository", { "gitops.repository": "https://github.com/a/b/tree/main" }, /without a branch/],
    ["a label that DNS does not take", { domain: `${"a".repeat(64)}.io` }, /domain: must be a DNS name/],
    ["a name longer than DNS takes", { domain: `${"abcdefgh.".repeat(30)}io` }, /domain: must be a DNS name/],
    ["a domain that nobody can own", { domain: "promptops.internal" }, /domain: is reserved/],
    [
      "a registry with a tag",
      { "release.registry": "ghcr.io/promptops:latest" },
      /registry: must be a registry and path/,
    ],
    ["a registry that climbs", { "release.registry": "ghcr.io/../promptops" }, /registry: must be a registry and path/],
    ["a path of Docker Hub", { "release.registry": "promptops/platform" }, /registry: must be a registry and path/],
    [
      "a version with a zero before it",
      { "release.version": "v01.2.3" },
      /version: must be a version that never moves/,
    ],
    [
      "an administrator under two paths",
      { "kubernetes.administrators": ["x", "y"].map((path) => `arn:aws:iam::111122223333:role/${path}/a`) },
      /administrators: must not list a role twice/,
    ],
    ["a list in one word", { zones: "eu-central-1a" }, /^promptops:zones: must be a list of zones/],
    [
      "a pool of a type that every object has",
      { "pools.data": { type: "constructor", nodes: pool.nodes } },
      /data\.type: must be/,
    ],
    ["a key that every object has", { toString: "x" }, /^promptops:toString: is an unknown key/],
  ]);
});

describe("a file that says nothing certain is refused without a stack", () => {
  const source = environmentSource("production");
  const bomb = [
    "a: &a [x, x]",
    ..."bcdefgh".split("").map(
      (key, index) =>
        `${key}: &${key} [${Array(9)
          .fill(`*${"abcdefgh"[index] ?? ""}`)
          .join(", ")}]`,
    ),
  ];
  test.each([
    ["an alias without an anchor", source.replace("promptops.io", "*nowhere"), /^YAML: Unresolved alias/],
    [
      "an alias of itself",
      "config: &all\n  promptops:cloud: *all\n",
      /^YAML: An alias refers to the value that contains it/,
    ],
    ["aliases that multiply", [...bomb, source].join("\n"), /^YAML: Excessive alias count/],
    ["a tag", source.replace("domain: promptops.io", "domain: !vault promptops.io"), /^YAML: Unresolved tag: !vault/],
    ["two documents", `${source}---\n${source}`, /^YAML: Source contains multiple documents/],
    [
      "a prototype",
      source.replace("promptops:addons:\n", "promptops:addons:\n    __proto__: {}\n"),
      /^YAML: '__proto__' cannot/,
    ],
    ["ten thousand brackets", `config: ${"[".repeat(5000)}${"]".repeat(5000)}`, /^YAML: /],
    ["nothing", "", /^config: must map keys/],
    ["bytes", "\0\u0001\u0002", /^config: must map keys/],
  ])("%s", (_, text, rule) => {
    expect(faultsIn(text)).toEqual([expect.stringMatching(rule)]);
  });
});

describe("environments of one folder", () => {
  const folder = mkdtempSync(join(tmpdir(), "promptops-neighbours-"));
  const write = (name: string, changes: Record<string, unknown>): void => {
    writeFileSync(join(folder, `Pulumi.${name}.yaml`), environmentSource("staging", changes));
  };
  const apart = { domain: "other.promptops.io", "network.cidr": "10.80.0.0/16", rehearses: undefined };
  const read = (): unknown => readEnvironment(folder, "one", descriptors);

  beforeEach(() => {
    write("one", { rehearses: undefined });
    write("other", apart);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test("may be apart", () => {
    expect(read).not.toThrow();
  });

  test("may not have networks that overlap", () => {
    write("other", { ...apart, "network.cidr": "10.40.128.0/17" });
    expect(read).toThrow(/network\.cidr = "10\.40\.0\.0\/16"\n +must not overlap 10\.40\.128\.0\/17 of other/);
  });

  test("may not have one domain", () => {
    write("other", { ...apart, domain: "staging.promptops.io" });
    expect(read).toThrow(/domain = "staging\.promptops\.io"\n +is the domain of other too/);
  });

  test("may not rehearse what is not there, or each other", () => {
    write("one", { rehearses: "production" });
    expect(read).toThrow(/rehearses = "production"\n +must name an environment of this folder: other\./);
    write("one", { rehearses: "other" });
    expect(read).not.toThrow();
    write("other", { ...apart, rehearses: "one" });
    expect(read).toThrow(/rehearses = "other"\n +rehearses this one itself/);
  });

  test("are files that can be read as text, whatever they say", () => {
    mkdirSync(join(folder, "Pulumi.folder.yaml"));
    writeFileSync(join(folder, "Pulumi.broken.yaml"), "config: [");
    expect(listEnvironments(folder)).toEqual(["broken", "one", "other"]);
    expect(read).not.toThrow();
  });
});
