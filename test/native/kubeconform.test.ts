import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundledSchemas } from "kubeconform-wasm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { toYaml } from "../../k8s/write.ts";
import { startValidator } from "../../plan/validate-objects.ts";
import { root } from "../environments.ts";
import { cases } from "../kubeconform-wasm/manifests.ts";
import { planOf } from "../plans.ts";

const source = join(root, "kubeconform-wasm", "source");
let folder = "";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "promptops-kubeconform-"));
  const module = execFileSync("go", ["list", "-m", "-f", "{{.Path}}@{{.Version}}", "github.com/yannh/kubeconform"], {
    cwd: source,
    encoding: "utf8",
  }).trim();
  const [path = "", version = ""] = module.split("@");
  execFileSync("go", ["install", `${path}/cmd/kubeconform@${version}`], {
    env: { ...process.env, GOBIN: folder },
    stdio: "inherit",
  });
  await writeSchemas(join(folder, "schemas"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** The schemas that the package carries, as the files that native kubeconform looks for. */
async function writeSchemas(target: string): Promise<void> {
  mkdirSync(target);
  for (const { documents, kinds } of await bundledSchemas()) {
    for (const [url, document] of Object.entries(documents)) {
      const text = JSON.stringify(document).replaceAll(
        /"schema:\/\/[^"]+"/g,
        (reference) => `"./${fileOf(reference.slice(1, -1))}"`,
      );
      writeFileSync(join(target, fileOf(url)), text);
    }
    for (const [kind, url] of Object.entries(kinds)) {
      // kubeconform's name of a kind: lower case, the group's first word, the version.
      const [version = "", ...rest] = kind.split("/").toReversed().slice(1);
      const group = rest[0]?.split(".")[0];
      const name = [kind.split("/").at(-1), group, version].filter(Boolean).join("-").toLowerCase();
      writeFileSync(join(target, `${name}.json`), JSON.stringify({ $ref: `./${fileOf(url)}` }));
    }
  }
}

const fileOf = (url: string): string => url.replace("schema://", "").replaceAll("/", "_");

interface NativeResult {
  readonly status: string;
  readonly name: string;
}

function native(manifest: string): string[] {
  const location = join(folder, "schemas", "{{.ResourceKind}}{{.KindSuffix}}.json");
  const { stdout, stderr } = spawnSync(
    join(folder, "kubeconform"),
    ["-strict", "-verbose", "-output", "json", "-schema-location", location, "-"],
    { input: manifest, encoding: "utf8" },
  );
  try {
    const { resources } = JSON.parse(stdout) as { resources: NativeResult[] };
    return resources.map(({ status }) => status.replace("status", "").toLowerCase());
  } catch {
    throw new Error(`kubeconform said:\n${stdout}${stderr}`);
  }
}

describe("native kubeconform and ours say the same", () => {
  test.each(cases)("of $name", async ({ manifest, status }) => {
    const [own] = (await startValidator()).validate(manifest);
    expect(own?.status).toBe(status);
    expect(native(manifest)).toEqual([status]);
  });

  test.each(["production", "development"])("of every object of %s", async (name) => {
    const { objects } = await planOf(name);
    const verdicts = native(objects.map(({ manifest }) => toYaml(manifest)).join("---\n"));
    expect(verdicts).toHaveLength(objects.length);
    expect(new Set(verdicts)).toEqual(new Set(["valid"]));
  });
});

test("what the package carries is what its source builds", () => {
  const { status, stdout, stderr } = spawnSync("npm", ["run", "--silent", "build:kubeconform", "--", "--check"], {
    cwd: root,
    encoding: "utf8",
  });
  expect(`${stdout}${stderr}`).toMatch(/current {2}kubeconform-wasm\/kubeconform\.wasm\.br/);
  expect(status, `${stdout}${stderr}`).toBe(0);
});
