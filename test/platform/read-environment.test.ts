import { describe, expect, test } from "vitest";
import { zonesOf } from "../../platform/environment.ts";
import { listEnvironments, parseEnvironment, readEnvironment } from "../../platform/read-environment.ts";
import { descriptors, environment, environmentSource, faultsIn, faultsOf, root } from "../environments.ts";

const pool = { needs: { vcpu: 2, memory: "8Gi" }, nodes: { min: 3, max: 3 } };

describe("a wrong value is refused with its path and the rule", () => {
  test.each<[string, Record<string, unknown>, RegExp]>([
    ["an unknown cloud", { cloud: "azure" }, /^promptops:cloud: must be one of aws, linode, local/],
    ["an account as a number", { account: 111122223333 }, /^promptops:account: must be an AWS account id: 12 digits/],
    ["no region on aws", { region: undefined }, /^promptops:region: is missing: it must be a region/],
    [
      "a region of no catalogue",
      { region: "eu-north-9" },
      /^promptops:region: must be a region of aws in the catalogue/,
    ],
    [
      "a zone of another region",
      { zones: ["eu-central-1a", "eu-central-1z"], "pools.gpu.zones": undefined, "database.readReplicas": undefined },
      /^promptops:zones: must be a zone of the region eu-central-1: eu-central-1a, eu-central-1b, eu-central-1c/,
    ],
    ["a zone twice", { zones: ["eu-central-1a", "eu-central-1a"] }, /^promptops:zones: must not name a zone twice/],
    ["no zone at all", { zones: [] }, /^promptops:zones: must name at least one zone/],
    ["a domain with a scheme", { domain: "https://promptops.io" }, /^promptops:domain: must be a DNS name/],
    [
      "a Kubernetes version as a number",
      { "kubernetes.version": 1.35 },
      /^promptops:kubernetes\.version: must be a Kubernetes minor, quoted/,
    ],
    [
      "a Kubernetes version that EKS lacks",
      { "kubernetes.version": "1.30" },
      /^promptops:kubernetes\.version: must be a Kubernetes version that aws runs: 1\.35, 1\.36 \(/,
    ],
    [
      "the whole internet let in",
      { "kubernetes.access": ["0.0.0.0/0"] },
      /^promptops:kubernetes\.access\.0: .*not the whole internet/,
    ],
    [
      "a user as administrator",
      { "kubernetes.administrators": ["arn:aws:iam::111122223333:user/x"] },
      /administrators\.0: must be the ARN of an IAM role/,
    ],
    [
      "its own region as the standby",
      { "backups.standbyRegion": "eu-central-1" },
      /^promptops:backups\.standbyRegion: must be another region of aws in the catalogue: .*us-east-1/,
    ],
    [
      "a wildcard without DNS",
      { certificates: { wildcard: true } },
      /^promptops:certificates\.wildcard: must come with 'certificates\.challenge' dns-01/,
    ],
    [
      "an unknown challenge",
      { "certificates.challenge": "tls-alpn-01" },
      /^promptops:certificates\.challenge: must be http-01 or dns-01/,
    ],
    [
      "an endpoint of a service that has none here",
      { "network.endpoints": ["s3"] },
      /^promptops:network\.endpoints\.0: must be one of ecr\.api, ecr\.dkr, logs, sts/,
    ],
    ["a public network", { "network.cidr": "8.8.0.0/16" }, /^promptops:network\.cidr: must be a private network/],
    [
      "a network that is not aligned",
      { "network.cidr": "10.20.1.0/16" },
      /^promptops:network\.cidr: must be a private network .*aligned/,
    ],
    [
      "a network over the Services'",
      { "network.cidr": "172.20.0.0/16" },
      /^promptops:network\.cidr: must not overlap 172\.20\.0\.0\/16/,
    ],
    [
      "more nodes at least than at most",
      { "pools.data.nodes.min": 9 },
      /^promptops:pools\.data\.nodes\.min: must not exceed 'max'/,
    ],
    [
      "fewer nodes than zones",
      { "pools.data.nodes.min": 2 },
      /^promptops:pools\.data\.nodes\.min: must allow a node in each of the pool's zones \(3\)/,
    ],
    [
      "a zone of a pool that the environment lacks",
      { zones: ["eu-central-1a", "eu-central-1c"], "database.readReplicas": undefined },
      /^promptops:pools\.gpu\.zones: must be one of the environment's zones: eu-central-1a, eu-central-1c/,
    ],
    [
      "a zone of a replica that the environment lacks",
      { zones: ["eu-central-1a", "eu-central-1b"] },
      /^promptops:database\.readReplicas: must be one of the environment's zones: eu-central-1a, eu-central-1b/,
    ],
    ["nobody who deploys", { "kubernetes.deployer": undefined }, /^promptops:kubernetes\.deployer: is missing/],
    ["no way to the API", { "kubernetes.access": undefined }, /^promptops:kubernetes\.access: is missing/],
    ["nobody who may reach the API", { "kubernetes.access": [] }, /access: must list the block that deploys/],
    [
      "a machine type of no catalogue",
      { "pools.data": { ...pool, needs: undefined, type: "x9.huge" } },
      /^promptops:pools\.data\.type: must be a machine type that the catalogue has in eu-central-1/,
    ],
    [
      "needs that no machine has",
      { "pools.data.needs.memory": "4000Gi" },
      /^promptops:pools\.data\.needs: fits no machine type .*in eu-central-1/,
    ],
    [
      "a type and needs",
      { "pools.data.type": "r5.xlarge" },
      /^promptops:pools\.data\.needs: set either 'type' or 'needs'/,
    ],
    [
      "memory without a unit that exists",
      { "pools.data.needs.memory": "32GB" },
      /^promptops:pools\.data\.needs\.memory: must be memory as a Kubernetes quantity/,
    ],
    [
      "half a core",
      { "pools.data.needs.vcpu": 0.5 },
      /^promptops:pools\.data\.needs\.vcpu: must be a number of vCPU, a whole number/,
    ],
    ["no application pool", { "pools.application": undefined }, /^promptops:pools: must have a pool 'application'/],
    [
      "a dedicated application pool",
      { "pools.application.dedicated": true },
      /^promptops:pools\.application: must take any pod/,
    ],
    [
      "a pool with a bad name",
      { "pools.My_Pool": pool },
      /^promptops:pools\.My_Pool: must be named with lower-case letters/,
    ],
    ["spot as a word", { "pools.data.spot": "yes" }, /^promptops:pools\.data\.spot: must be true or false/],
    [
      "a Postgres that RDS lacks",
      { "database.version": "12" },
      /^promptops:database\.version: must be a Postgres version that aws runs: 15, 16, 17/,
    ],
    [
      "a database that fits no class",
      { "database.needs.vcpu": 128 },
      /^promptops:database\.needs: fits no instance class/,
    ],
    [
      "a database smaller than RDS makes",
      { "database.storage": "10Gi" },
      /^promptops:database\.storage: must be at least 20Gi/,
    ],
    [
      "the image `latest`",
      { "release.version": "latest" },
      /^promptops:release\.version: must be a version that never moves/,
    ],
    [
      "a repository by ssh",
      { "gitops.repository": "git@github.com:a/b" },
      /^promptops:gitops\.repository: must be an https URL/,
    ],
    ["a misspelt key", { zone: ["eu-central-1a"] }, /^promptops:zone: is an unknown key. The keys are cloud, domain/],
    [
      "a misspelt key inside",
      { "pools.data.node": 3 },
      /^promptops:pools\.data\.node: is an unknown key of 'pools\.data'/,
    ],
    [
      "a service that is none",
      { services: { ghost: { replicas: { min: 2, max: 2 } } } },
      /^promptops:services\.ghost: names no service. The services are analytics, api, egress-proxy, evaluator, model-simulator, notifications, worker/,
    ],
    [
      "fewer replicas at most than at least",
      { services: { api: { replicas: { min: 5, max: 2 } } } },
      /^promptops:services\.api\.replicas\.min: must not exceed 'max'/,
    ],
    [
      "a secret where plain text is needed",
      { domain: { secure: "AAABAF" } },
      /^promptops:domain: is a Pulumi secret, but what it says is needed in plain/,
    ],
    ["a list where a map is needed", { database: [] }, /^promptops:database: must be a map of keys to values/],
    ["nothing", { database: undefined }, /^promptops:database: is missing/],
  ])("%s", (_, changes, rule) => {
    const faults = faultsOf(changes);
    expect(faults.filter((fault) => rule.test(fault))).toHaveLength(1);
    expect(faults).toHaveLength(1);
  });

  test.each<[string, Record<string, unknown>, RegExp]>([
    ["a standby region", { "backups.standbyRegion": "eu-west-1" }, /^promptops:backups: has no meaning on local/],
    ["answers by DNS", { "certificates.challenge": "dns-01" }, /^promptops:certificates: has no meaning on local/],
    ["a region", { region: "eu-central-1" }, /^promptops:region: has no meaning on local/],
    [
      "administrators",
      { "kubernetes.administrators": [] },
      /^promptops:kubernetes\.administrators: has no meaning on local/,
    ],
    [
      "who may reach it",
      { "kubernetes.access": ["203.0.113.0/24"] },
      /^promptops:kubernetes\.access: has no meaning on local/,
    ],
    [
      "nodes that come and go",
      { "pools.application.nodes.max": 9 },
      /^promptops:pools\.application\.nodes: must have 'min' equal to 'max' on local/,
    ],
    [
      "a machine type",
      { "pools.application.needs": undefined, "pools.application.type": "m5.large" },
      /^promptops:pools\.application\.type: must be absent on local/,
    ],
  ])("%s on a cluster that is there already", (_, changes, rule) => {
    expect(faultsOf(changes, "development")).toEqual([expect.stringMatching(rule)]);
  });
});

test("all faults of a file are reported together, shapes and relations alike", () => {
  const faults = faultsOf({ domain: 7, "pools.data.nodes.min": 9, "kubernetes.version": "1.30", zone: [] });
  expect(faults.map((fault) => fault.split(": ")[0])).toEqual(
    expect.arrayContaining([
      "promptops:domain",
      "promptops:pools.data.nodes.min",
      "promptops:kubernetes.version",
      "promptops:zone",
    ]),
  );
  expect(faults).toHaveLength(4);
});

test("the message names the file, the value and the next step", () => {
  const parse = (): unknown =>
    parseEnvironment(environmentSource("production", { "release.version": "latest" }), "production", descriptors);
  expect(parse).toThrow(
    'Pulumi.production.yaml has 1 fault:\n\n  promptops:release.version = "latest"\n    must be a version that never moves',
  );
});

describe("what Pulumi keeps in the file for itself is left alone", () => {
  test("a salt, a secrets provider and imported environments", () => {
    const source = `encryptionsalt: v1:abc=\nsecretsprovider: passphrase\nencryptedkey: xyz\nenvironment: [base]\n${environmentSource("production")}`;
    expect(parseEnvironment(source, "production", descriptors)).toEqual(environment("production"));
  });

  test("other namespaces", () => {
    const source = environmentSource("production").replace(
      "config:\n",
      "config:\n  aws:region: us-east-1\n  aws:token: {secure: x}\n",
    );
    expect(faultsIn(source)).toEqual([]);
  });

  test("a file of nothing but a salt is read, and lacks every key", () => {
    const faults = faultsIn("encryptionsalt: v1:abc=\n");
    expect(faults).toContainEqual(expect.stringMatching(/^promptops:cloud: is missing/));
    expect(faults.every((fault) => fault.includes("is missing"))).toBe(true);
  });
});

test.each([
  ["a key twice", "config:\n  promptops:cloud: aws\n  promptops:cloud: aws\n", /^YAML: Map keys must be unique/],
  ["what is no YAML", "config: [", /^YAML: /],
  ["a key without a namespace", "config:\n  cloud: aws\n", /^cloud: has no namespace. Write promptops:cloud/],
  ["a list for a configuration", "config: [1]\n", /^config: must map keys/],
])("%s is refused, not misread", (_, source, rule) => {
  expect(faultsIn(source)).toContainEqual(expect.stringMatching(rule));
});

test("a file that cannot be read has that one fault, and no list of what it seems to lack", () => {
  expect(faultsIn("config: [")).toHaveLength(1);
});

test("an environment whose name does not fit into a bucket's is refused", () => {
  expect(() => readEnvironment(root, "x".repeat(31), descriptors)).toThrow(
    /must name an environment with lower-case letters/,
  );
});

test("an environment that has no file is refused with those that have one", () => {
  expect(() => readEnvironment(root, "moon", descriptors)).toThrow(
    /does not exist. The environments are .*development/,
  );
});

test("the environments of the project are found and sound", () => {
  const names = listEnvironments(root);
  expect(names).toEqual(expect.arrayContaining(["development", "production", "staging"]));
  for (const name of names) expect(readEnvironment(root, name, descriptors).name).toBe(name);
});

test("staging has production's shape: the same keys, pools and zones", () => {
  const [staging, production] = [environment("staging"), environment("production")];
  const shape = Object.keys(staging).filter((key) => !["services", "rehearses"].includes(key));
  expect(shape.toSorted()).toEqual(Object.keys(production).toSorted());
  expect(Object.keys(staging.pools)).toEqual(Object.keys(production.pools));
  expect(zonesOf(staging).length).toBe(zonesOf(production).length);
});
