import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { parse } from "yaml";
import { expect, test } from "vitest";
import { environmentJsonSchema } from "../../docs/environment-schema.ts";
import { readKeyDescriptions } from "../../docs/key-descriptions.ts";
import { environmentNames, environmentSource, root } from "../environments.ts";
import type { Editable } from "../plans.ts";
import { loadDescriptors } from "../../addons/catalogue.ts";

const published = JSON.parse(readFileSync(join(root, "docs", "environment.schema.json"), "utf8")) as object;
const validate = new Ajv({ strict: false, formats: { date: true } }).compile(published);
const isValid = (source: string): boolean => validate(parse(source));

test("docs/environment.schema.json is made from the keys that the code reads", async () => {
  const { addons } = await loadDescriptors();
  expect(published).toEqual(JSON.parse(JSON.stringify(environmentJsonSchema(addons))));
});

const described = new Map<string, boolean>();

/** Notes each key below a part of the schema, and whether it or the key that holds it has a description. */
function noteKeys(schema: Editable, path: string, inherited: boolean): void {
  for (const [key, value] of Object.entries<Editable>(schema?.properties ?? {})) {
    const own = value.description !== undefined || inherited;
    described.set(`${path}${key}`, own || value.type === "object");
    noteKeys(value, `${path}${key}.`, own);
    noteKeys(value.items, `${path}${key}[].`, own);
    noteKeys(value.additionalProperties, `${path}${key}.<name>.`, own);
  }
}
for (const { then } of (published as Editable).properties.config.allOf) noteKeys(then, "", false);

test("an editor shows a description of every key", () => {
  expect(described.size).toBeGreaterThan(100);
  expect([...described].flatMap(([key, has]) => (has ? [] : [key]))).toEqual([]);
});

test("environments.md describes no key that does not exist, and none twice", () => {
  const keys = [...described.keys()].map((key) => key.replace("promptops:", ""));
  const isKey = (path: string): boolean => keys.some((key) => key === path || key.startsWith(`${path}.`));
  const places = [...readKeyDescriptions().keys()].map((path) => path.replace(/\.<name>$/, ""));
  expect(places.filter((path) => !isKey(path))).toEqual([]);
  const page = "# Environments\n\n| `zones` | list | |\n| `zones`, `region` | text | once more |\n";
  expect(() => readKeyDescriptions(page)).toThrow("describes 'zones' twice");
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
