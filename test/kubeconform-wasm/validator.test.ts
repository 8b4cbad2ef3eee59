import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { bundledSchemas, createValidator } from "kubeconform-wasm";
import { describe, expect, test, vi } from "vitest";
import { parse } from "yaml";
import { type CustomResourceDefinition, customSchemas } from "../../kubeconform-wasm/build/json-schema.ts";
import { startValidator } from "../../plan/validate-objects.ts";
import { root } from "../environments.ts";
import { cases } from "./manifests.ts";

const validator = await startValidator();

describe("kubeconform in process judges", () => {
  test.each(cases)("$name: $status", ({ manifest, status, message }) => {
    const [verdict, ...others] = validator.validate(manifest);
    expect(others).toEqual([]);
    expect(verdict?.status).toBe(status);
    if (message) expect(verdict?.messages).toContainEqual(expect.stringMatching(message));
    else expect(verdict?.messages).toEqual([]);
  });

  test("a stream in its order, and remembers nothing between calls", () => {
    const stream = cases
      .filter(({ name }) => name !== "what is no YAML")
      .map(({ manifest }) => manifest)
      .join("\n---\n");
    const verdicts = validator.validate(stream).map(({ status }) => status);
    expect(verdicts).toEqual(cases.filter(({ name }) => name !== "what is no YAML").map(({ status }) => status));
    expect(validator.validate(stream).map(({ status }) => status)).toEqual(verdicts);
  });

  test("an empty document as empty", () => {
    expect(validator.validate("---\n# nothing\n").every(({ status }) => status === "empty")).toBe(true);
  });

  test("megabytes in one call", () => {
    const large = Array.from({ length: 2000 }, (_, index) =>
      JSON.stringify({
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: `c${index}` },
        data: { text: "x".repeat(1000) },
      }),
    ).join("\n---\n");
    expect(validator.validate(large).filter(({ status }) => status === "valid")).toHaveLength(2000);
  });
});

test("a validator without schemas knows no kind", async () => {
  const [verdict] = (await createValidator()).validate("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n");
  expect(verdict).toMatchObject({ status: "error", messages: ["could not find schema for v1/ConfigMap"] });
});

test("a schema set that is none is refused", async () => {
  const fresh = await createValidator();
  expect(() => {
    fresh.addSchemas({ documents: [] as never, kinds: {} });
  }).toThrow(/^kubeconform-wasm: /);
});

test("the custom kinds' schemas are those of k8s/crds", async () => {
  const folder = join(root, "k8s", "crds");
  const files = readdirSync(folder).filter((file) => file.endsWith(".yaml"));
  const definitions = files.map((file) => parse(readFileSync(join(folder, file), "utf8")) as CustomResourceDefinition);
  const [, bundled] = await bundledSchemas();
  expect(bundled).toEqual(JSON.parse(JSON.stringify(customSchemas(definitions))));
});

test("every definition says where it comes from, and carries no prose", () => {
  const folder = join(root, "k8s", "crds");
  for (const file of readdirSync(folder).filter((each) => each.endsWith(".yaml"))) {
    const text = readFileSync(join(folder, file), "utf8");
    expect(text, file).toMatch(/promptops.dev\/source: .*v\d+\.\d+/);
    expect(text, file).not.toMatch(/^\s*description: /m);
  }
});

/** Node has it, and its types do not. */
interface Assembly {
  instantiate(module: unknown, imports: Record<string, Record<string, unknown>>): Promise<unknown>;
}

test("the module is given no native function: a fast call of node:wasi can corrupt the heap", async () => {
  const { WebAssembly: assembly } = globalThis as unknown as { WebAssembly: Assembly };
  const instantiate = vi.spyOn(assembly, "instantiate");
  await createValidator();
  const imports = instantiate.mock.lastCall?.[1]["wasi_snapshot_preview1"] ?? {};
  instantiate.mockRestore();
  expect(Object.keys(imports)).toContain("poll_oneoff");
  expect(Object.values(imports).filter((each) => String(each).includes("[native code]"))).toEqual([]);
});
