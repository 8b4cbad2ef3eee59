import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { parse } from "yaml";
import { expect, test } from "vitest";
import { environmentJsonSchema } from "../../docs/environment-schema.ts";
import { environmentNames, environmentSource, root } from "../environments.ts";
import { loadDescriptors } from "../../addons/catalogue.ts";

const published = JSON.parse(readFileSync(join(root, "docs", "environment.schema.json"), "utf8")) as object;
const validate = new Ajv({ strict: false, formats: { date: true } }).compile(published);
const isValid = (source: string): boolean => validate(parse(source));

test("docs/environment.schema.json is made from the keys that the code reads", async () => {
  const { addons } = await loadDescriptors();
  expect(published).toEqual(JSON.parse(JSON.stringify(environmentJsonSchema(addons))));
});

test.each(environmentNames)("it accepts the file of %s", (name) => {
  isValid(environmentSource(name));
  expect(validate.errors).toBeNull();
});

test("it accepts keys that are Pulumi's", () => {
  const source = `encryptionsalt: v1:abc\n${environmentSource("production")}  linode:token: { secure: x }\n`;
  expect(isValid(source)).toBe(true);
});

test.each<[string, Record<string, unknown>]>([
  ["an unknown cloud", { cloud: "azure" }],
  ["a missing key", { database: undefined }],
  ["a misspelt key", { zone: ["eu-central-1a"] }],
  ["a misspelt key inside", { "pools.data.node": 3 }],
  ["a key of another cloud", { cloud: "local" }],
  ["a version as a number", { "kubernetes.version": 1.35 }],
  ["a quantity of no unit", { "database.storage": "32GB" }],
  ["a pool with a bad name", { "pools.My_Pool": { type: "m6i.xlarge", nodes: { min: 3, max: 3 } } }],
  ["an unknown add-on", { "addons.redis": {} }],
  ["an option of no add-on", { "addons.valkey": { size: "1Gi" } }],
  ["an exception without an owner", { exceptions: [{ proof: "fits-nodes", object: "x", reason: "y".repeat(20) }] }],
])("it refuses %s", (_, changes) => {
  expect(isValid(environmentSource("production", changes))).toBe(false);
});
