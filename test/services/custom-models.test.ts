import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { customModelInput, newCustomModel } from "../../services/api/custom-model-schema.ts";
import { createCustomModel, replaceCustomModel } from "../../services/api/custom-models.ts";
import { takeLeases } from "../../services/shared/executions/claim.ts";
import type { Lease } from "../../services/shared/executions/lease.ts";
import { storedName } from "../../services/shared/models/custom-names.ts";
import type { Endpoint } from "../../services/shared/models/endpoints.ts";
import { SealingKeys } from "../../services/shared/models/sealed-keys.ts";
import { findCachedAnswer } from "../../services/worker/cached-answers.ts";
import { Circuits } from "../../services/worker/circuits.ts";
import { CustomEndpoints } from "../../services/worker/custom-endpoints.ts";
import { resealApiKeys } from "../../services/worker/reseal.ts";
import {
  endpoint as operators,
  type ExecutionDatabase,
  roomFor,
  startExecutionDatabase,
} from "./execution-database.ts";

const input = {
  ...{ protocol: "openai" as const, url: "https://models.example/v1", servedAs: "large", concurrency: 2 },
  ...{ fallbacks: [], apiKey: "sk-1" },
};
const newKey = (): string => randomBytes(32).toString("base64url");

let database: ExecutionDatabase;
let lines: string[];
const keys = new SealingKeys(() => lines.join("\n"));
beforeAll(async () => {
  database = await startExecutionDatabase();
});
afterAll(() => database.stop());
beforeEach(() => {
  lines = [newKey()];
});

const create = (tenant: string, name: string, more: object = {}): Promise<unknown> =>
  database.api.asTenant(tenant, (client) =>
    createCustomModel(client, { ...input, name, ...more }, { tenant, keys, operators: () => undefined }),
  );

const customEndpoints = (circuits = new Circuits([], () => undefined)): CustomEndpoints =>
  new CustomEndpoints({ database: database.worker, circuits, keys, egress: fetch });

const urlsOf = (endpoints: readonly Endpoint[]): string[] => endpoints.map(({ url }) => url);

describe("a worker", () => {
  test("finds the endpoints that executions wait for, and takes of each its own tenant's alone", async () => {
    const [one, other] = [await database.tenant("finds-one"), await database.tenant("finds-other")];
    for (const tenant of [one, other]) await create(tenant, "mine");
    await create(one, "idle");
    const mine = storedName(one, "custom/mine");
    const [id] = await database.queue(one, 1, { model: mine });
    await database.queue(other, 1, { model: storedName(other, "custom/mine") });
    const endpoints = await customEndpoints().look();
    expect(urlsOf(endpoints).toSorted()).toEqual([mine, storedName(other, "custom/mine")].toSorted());
    const own = endpoints.find(({ tenant }) => tenant === one) as Endpoint;
    expect(own).toMatchObject({ address: "https://models.example/v1", concurrency: 2, tenant: one });
    expect(own.apiKey?.()).toBe("sk-1");
    const { leases } = await takeLeases(database.worker, own, roomFor(10));
    expect(leases.map((lease) => [lease.id, lease.tenant, lease.model])).toEqual([[id, one, mine]]);
    await database.rows("DELETE FROM leases");
    await database.rows("DELETE FROM executions");
  });

  test("looks at a model that was replaced as a new one, with a circuit that is closed", async () => {
    const tenant = await database.tenant("replaces");
    await create(tenant, "mine");
    await database.queue(tenant, 1, { model: storedName(tenant, "custom/mine") });
    const circuits = new Circuits([], () => undefined);
    const custom = customEndpoints(circuits);
    const [first] = await custom.look();
    for (let failures = 0; failures < 5; failures += 1) circuits.of(first as Endpoint).begin()("failed");
    expect(circuits.of(first as Endpoint).isOpen).toBe(true);
    expect((await custom.look())[0]).toBe(first);
    await database.api.asTenant(tenant, (client) =>
      replaceCustomModel(client, "mine", { ...input, apiKey: "sk-2" }, { tenant, keys, operators: () => undefined }),
    );
    const [second] = await custom.look();
    expect(circuits.of(second as Endpoint).isOpen).toBe(false);
    expect(second?.apiKey?.()).toBe("sk-2");
    await database.rows("DELETE FROM executions");
  });

  test("takes for a fallback of the tenant's own what its model's circuit keeps from it", async () => {
    const tenant = await database.tenant("falls-back");
    await create(tenant, "second");
    await create(tenant, "first", { fallbacks: ["custom/second"] });
    const [first, second] = ["custom/first", "custom/second"].map((name) => storedName(tenant, name));
    await database.queue(tenant, 1, { model: first as string });
    const circuits = new Circuits([operators], () => undefined);
    const custom = customEndpoints(circuits);
    const [failing] = await custom.look();
    expect(failing?.url).toBe(first);
    for (let failures = 0; failures < 5; failures += 1) circuits.of(failing as Endpoint).begin()("failed");
    const endpoints = await custom.look();
    expect(urlsOf(endpoints)).toEqual([first, second]);
    expect(circuits.redirectsTo(endpoints[1] as Endpoint)).toEqual(new Map([[first, second]]));
    await database.rows("DELETE FROM executions");
  });

  test("comes to every model that executions wait for, however many there are", async () => {
    const tenant = await database.tenant("many");
    const [echo] = await database.queue(tenant, 300);
    await database.rows(
      `UPDATE executions SET model = 'custom/' || $1 || '/' || to_char(number, 'FM000')
      FROM (SELECT id, row_number() OVER (ORDER BY id) AS number FROM executions) AS numbered
      WHERE executions.id = numbered.id`,
      [tenant],
    );
    await database.rows(
      `INSERT INTO custom_models (tenant_id, name, protocol, url, served_as, concurrency)
      SELECT $1, to_char(number, 'FM000'), 'openai', 'https://models.example', 'm', 1 FROM generate_series(1, 300) AS number`,
      [tenant],
    );
    expect(echo).toBeDefined();
    const custom = customEndpoints();
    const looks = [await custom.look(), await custom.look(), await custom.look()].map(urlsOf);
    expect(looks.map(({ length }) => length)).toEqual([128, 128, 128]);
    expect(new Set(looks.flat()).size).toBe(300);
    await database.rows("DELETE FROM executions");
  });
});

describe("an answer that is given again", () => {
  test("is of the model that the tenant has now, and not of the one that it has replaced", async () => {
    const tenant = await database.tenant("caches");
    await create(tenant, "mine");
    const model = storedName(tenant, "custom/mine");
    const [id] = await database.queue(tenant, 1, { model });
    await database.rows(
      `UPDATE executions SET state = 'succeeded', output = 'before', finish_reason = 'stop', finished_at = now(),
        parameters = '{"temperature": 0}' WHERE id = $1`,
      [id],
    );
    const lease = {
      tenant,
      model,
      messages: [{ role: "user", content: "x" }],
      parameters: { temperature: 0 },
    } as const;
    const find = async (): Promise<unknown> =>
      (await findCachedAnswer(database.worker, { ...lease, useCache: true } as unknown as Lease))?.output;
    expect(await find()).toBe("before");
    await database.api.asTenant(tenant, (client) =>
      replaceCustomModel(client, "mine", input, { tenant, keys, operators: () => undefined }),
    );
    expect(await find()).toBeUndefined();
  });
});

describe("an API key", () => {
  test("cannot be read by the API once it is sealed", async () => {
    const tenant = await database.tenant("sealed");
    await create(tenant, "mine");
    const read = database.api.asTenant(tenant, (client) => client.query("SELECT sealed_api_key FROM custom_models"));
    await expect(read).rejects.toThrow("permission denied for table custom_models");
  });

  test("opens in its own row alone", () => {
    const sealed = keys.seal("sk-1", { tenant: "a", name: "m" });
    expect(keys.open(sealed, { tenant: "a", name: "m" })).toBe("sk-1");
    expect(() => keys.open(sealed, { tenant: "b", name: "m" })).toThrow("unable to authenticate");
    expect(() => keys.open(sealed, { tenant: "a", name: "n" })).toThrow("unable to authenticate");
    const changed = Buffer.from(sealed.sealed);
    changed.writeUInt8(changed.readUInt8(changed.length - 1) ^ 1, changed.length - 1);
    expect(() => keys.open({ ...sealed, sealed: changed }, { tenant: "a", name: "m" })).toThrow();
  });

  test("that is sealed twice is sealed differently", () => {
    const place = { tenant: "a", name: "m" };
    expect(keys.seal("sk-1", place).sealed).not.toEqual(keys.seal("sk-1", place).sealed);
  });

  test("is sealed again under a newer key, and the older one is not needed after that", async () => {
    const tenant = await database.tenant("rotates");
    await create(tenant, "mine");
    await create(tenant, "keyless", { apiKey: undefined });
    const [old = ""] = lines;
    lines = [newKey(), old];
    expect(await resealApiKeys(database.worker, keys)).toBe(1);
    expect(await resealApiKeys(database.worker, keys)).toBe(0);
    lines = lines.slice(0, 1);
    const [row] = await database.rows<{ keyId: string; sealed: Buffer }>(
      `SELECT key_id AS "keyId", sealed_api_key AS sealed FROM custom_models WHERE tenant_id = $1 AND name = 'mine'`,
      [tenant],
    );
    expect(row && keys.open(row, { tenant, name: "mine" })).toBe("sk-1");
  });

  test("under a key that the file has not names that key, and what to do", () => {
    const sealed = keys.seal("sk-1", { tenant: "a", name: "m" });
    lines = [newKey()];
    expect(() => keys.open(sealed, { tenant: "a", name: "m" })).toThrow(
      `custom-model-key: no line has the key '${sealed.keyId}'. Put it back under the others.`,
    );
  });

  test.each([
    [["short"], "custom-model-key, line 1: a key must have at least 43 characters."],
    [[newKey(), "short"], "custom-model-key, line 2: a key must have at least 43 characters."],
  ])("is not sealed with an invalid file: %#", (text, message) => {
    const invalid = new SealingKeys(() => [...text, newKey()].join("\n"));
    expect(() => invalid.seal("sk-1", { tenant: "a", name: "m" })).toThrow(message);
  });
});

describe("a tenant", () => {
  test("may have 20 models of its own, also when it creates them at once", async () => {
    const tenant = await database.tenant("twenty");
    const made = await Promise.allSettled(Array.from({ length: 24 }, (_, index) => create(tenant, `m-${index}`)));
    expect(made.filter(({ status }) => status === "fulfilled")).toHaveLength(20);
    expect(
      made.flatMap((each) => (each.status === "rejected" ? [(each.reason as { code: string }).code] : [])),
    ).toEqual(Array(4).fill("too_many_models"));
  });

  test.each([
    ["itself", ["custom/mine"], "must be another model: this one has failed then"],
    ["a model that nobody serves", ["nobodys"], "is no model that prompts may name"],
    ["another tenant's", ["custom/theirs"], "is no model that prompts may name"],
  ])("names no fallback that is %s", async (what, fallbacks, message) => {
    const [tenant, other] = [await database.tenant(`one ${what}`), await database.tenant(`other ${what}`)];
    await create(other, "theirs");
    await expect(create(tenant, "mine", { fallbacks })).rejects.toMatchObject({
      faults: [{ path: "body/fallbacks/0", message }],
    });
  });
});

test.each([
  ["http", { url: "http://models.example/v1" }],
  ["another port", { url: "https://models.example:8443/v1" }],
  ["a user", { url: "https://user:secret@models.example/v1" }],
  ["a query", { url: "https://models.example/v1?key=secret" }],
  ["an empty fragment", { url: "https://models.example/v1#" }],
  ["a line break", { url: "https://models.example\n/v1" }],
  ["a price of the year 0", { price: { input: 1, output: 1, asOf: "0000-01-01" } }],
  ["a private address", { url: "https://10.0.0.7/v1" }],
  ["a private address in another form", { url: "https://0x7f.1/v1" }],
  ["the metadata service", { url: "https://[fd00:ec2::254]/v1" }],
  ["a mapped address", { url: "https://[::ffff:169.254.169.254]/v1" }],
  ["no URL", { url: "models.example" }],
  ["an API key with a line break", { apiKey: "sk-1\r\nx-other: 1" }],
  ["no longest answer for Anthropic's API", { protocol: "anthropic" }],
  ["an answer longer than the context", { contextLength: 10, maxOutputTokens: 11 }],
  ["an unknown field", { private: true }],
])("a model with %s is invalid", (_, wrong) => {
  expect(newCustomModel.safeParse({ name: "mine", ...input }).success).toBe(true);
  const { success, error } = customModelInput.safeParse({ ...input, ...wrong });
  expect(success).toBe(false);
  expect(JSON.stringify(error?.issues)).not.toContain("secret");
});
