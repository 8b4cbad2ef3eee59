import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { anyHost, calls, database, defineService, secretOf, type Service } from "../../platform/service.ts";
import { cpu, gauge } from "../../platform/signals.ts";
import { findClashes, loadServices } from "../../services/catalogue.ts";
import { executions, queueDepth } from "../../services/shared/executions/contract.ts";
import { root, services } from "../environments.ts";

const plain: Service = {
  name: "plain",
  listens: { http: 7000, metrics: 7001 },
  uses: [],
  callsOut: [],
  secrets: [],
  metrics: [],
  resources: { requests: { cpu: "100m", memory: "64Mi" }, limits: { cpu: "1", memory: "128Mi" } },
  scale: { between: [2, 4], on: [cpu(70)], profile: "elastic" },
  drain: 10,
  release: "rolling",
};

test("the catalogue finds the services of the project, by name", async () => {
  const names = (await loadServices()).map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(["api", "worker"]));
  expect(names).toEqual(names.toSorted());
});

test("the seeds' numbers stand in the descriptors", () => {
  const [api, worker] = ["api", "worker"].map((name) => services.find((service) => service.name === name));
  expect(api).toMatchObject({
    scale: { between: [2, 20] },
    resources: { requests: { cpu: "250m", memory: "256Mi" } },
    drain: 30,
  });
  expect(worker).toMatchObject({
    scale: { between: [2, 50] },
    resources: { requests: { cpu: "500m", memory: "1Gi" } },
  });
  expect(worker?.scale.on).toEqual([gauge(queueDepth, { matching: { queue: "executions" }, perReplica: 10 })]);
});

describe("two services may not both claim", () => {
  test.each<[string, Partial<Service>, RegExp]>([
    ["a name", { listens: { http: 1, metrics: 2 } }, /^name 'plain' is claimed by plain and plain/],
    ["a port", { name: "other" }, /^port '7000' is claimed by plain and other/],
    [
      "a secret",
      { name: "other", listens: { http: 1, metrics: 2 }, secrets: [{ name: "key", bytes: 32 }] },
      /^secret 'key'/,
    ],
    [
      "a queue to consume",
      { name: "other", listens: { http: 1, metrics: 2 }, uses: [executions.consumer] },
      /^queue to consume 'executions'/,
    ],
    [
      "a host",
      { name: "other", listens: { http: 1, metrics: 2 }, exposed: { host: "www", maxBody: "1Mi", websockets: false } },
      /^host 'www'/,
    ],
    [
      "a way to any host",
      { name: "other", listens: { http: 1, metrics: 2 }, callsOut: anyHost(587) },
      /^way to 'any host' is claimed by plain and other. Change all but one.$/,
    ],
  ])("%s", (_, difference, clash) => {
    const first = {
      ...plain,
      callsOut: anyHost(443),
      secrets: [{ name: "key", bytes: 32 }],
      uses: [executions.consumer],
      exposed: { host: "www", maxBody: "1Mi", websockets: false },
    };
    expect(findClashes([first, { ...plain, ...difference }])).toContainEqual(expect.stringMatching(clash));
  });

  test("but two may put into one queue, and two may have a database", () => {
    const uses = [executions.producer, database({ pool: 2 })];
    expect(
      findClashes([
        { ...plain, uses },
        { ...plain, name: "other", listens: { http: 1, metrics: 2 }, uses },
      ]),
    ).toEqual([]);
  });

  test("and nobody may call what is no service", () => {
    expect(findClashes([{ ...plain, uses: [calls("ghost")] }])).toEqual([
      "'plain' calls 'ghost', which is no service.",
    ]);
  });

  test("and nobody may read a secret that its service has not", () => {
    const owner: Service = { ...plain, secrets: [{ name: "key", bytes: 32 }] };
    const reader: Service = { ...plain, name: "reader", listens: { http: 1, metrics: 2 } };
    expect(findClashes([owner, { ...reader, uses: [secretOf("plain", "key")] }])).toEqual([]);
    expect(findClashes([owner, { ...reader, uses: [secretOf("plain", "other")] }])).toEqual([
      "'reader' reads the secret 'other' of 'plain', which has none of that name.",
    ]);
  });
});

describe("a descriptor is refused", () => {
  test.each<[string, Partial<Service>, RegExp]>([
    ["with a name that is no DNS label", { name: "My_Service" }, /its name must be lower-case/],
    ["without a port for probes", { listens: { metrics: 1 } }, /'listens' must have 'http' or 'health'/],
    [
      "exposed without http",
      { listens: { health: 1, metrics: 2 }, exposed: { host: "x", maxBody: "1Mi", websockets: false } },
      /'exposed' needs a port 'http'/,
    ],
    [
      "with bounds the wrong way round",
      { scale: { ...plain.scale, between: [5, 2] } },
      /'scale.between' must be \[fewest, most\]/,
    ],
    ["with a secret that can be guessed", { secrets: [{ name: "key", bytes: 4 }] }, /at least 16 bytes/],
    [
      "with a database and no migrations",
      { uses: [database({ pool: 1 })] },
      /'commands.migrate' belongs to a service that owns a database/,
    ],
    [
      "that creates tenants in another service's database",
      { uses: [database({ pool: 1, of: "api" })], commands: { createTenant: ["create-tenant"] } },
      /'commands.createTenant' belongs to a service that owns a database/,
    ],
    [
      "that others cannot reach the internet through",
      { listens: { health: 1, metrics: 2 }, callsOut: anyHost(443) },
      /'callsOut: anyHost' needs a port 'http'/,
    ],
    ["that never drains", { drain: 0 }, /'drain' must be 1 to 600/],
  ])("%s", (_, difference, rule) => {
    expect(() => defineService({ ...plain, ...difference })).toThrow(rule);
  });
});

describe("a folder", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "promptops-services-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function write(name: string, source: string): void {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, "service.ts"), source);
  }

  const stranger = (name: string, port: number): string => `
    import { defineService } from ${JSON.stringify(join(root, "platform", "service.ts"))};
    import { cpu } from ${JSON.stringify(join(root, "platform", "signals.ts"))};
    export const service = defineService({ ...${JSON.stringify(plain)}, name: ${JSON.stringify(name)},
      listens: { http: ${port}, metrics: ${port + 1} }, scale: { between: [2, 4], on: [cpu(50)], profile: "steady" } });`;

  test("with a descriptor is a service; one without is none", async () => {
    write("zebra", stranger("zebra", 7100));
    write("ant", stranger("ant", 7200));
    mkdirSync(join(folder, "shared"));
    expect((await loadServices([folder])).map(({ name }) => name)).toEqual(["ant", "zebra"]);
  });

  test("whose descriptor exports nothing is refused by its path", async () => {
    write("empty", "export const nothing = 1;");
    await expect(loadServices([folder])).rejects.toThrow(
      /empty\/service.ts must export one service, made with defineService; it exports 0/,
    );
  });

  test("that claims another's port is refused with both names", async () => {
    write("one", stranger("one", 7100));
    write("two", stranger("two", 7100));
    await expect(loadServices([folder])).rejects.toThrow(/port '7100' is claimed by one and two/);
  });
});
