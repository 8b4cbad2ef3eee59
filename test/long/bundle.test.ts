import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bundleImages, writeLayout } from "../../images/build.ts";
import { bundleService } from "../../images/bundle.ts";
import { describeImage, limits } from "../../images/service-image.ts";
import { UserError } from "../../platform/faults.ts";
import type { Service } from "../../platform/service.ts";
import { environment, root, services } from "../environments.ts";

let project = "";
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), "promptops-bundle-"));
  for (const folder of ["services", "platform"]) cpSync(join(root, folder), join(project, folder), { recursive: true });
  for (const file of ["package.json", "tsconfig.json"]) cpSync(join(root, file), join(project, file));
  symlinkSync(join(root, "node_modules"), join(project, "node_modules"));
});
afterEach(() => {
  rmSync(project, { recursive: true });
});

const service = (name: string): Service => services.find((each) => each.name === name) as Service;
const image = (name: string): ReturnType<typeof describeImage> =>
  describeImage(service(name), environment("production"));

describe("the program of a service", () => {
  test("is the same bytes from the same sources in another folder", async () => {
    const here = await bundleService(root, "model-simulator");
    const there = await bundleService(project, "model-simulator");
    expect(there.digest).toBe(here.digest);
    expect([...there.files.keys()]).toEqual([...here.files.keys()]);
    for (const [path, content] of here.files) expect(there.files.get(path)?.equals(content), path).toBe(true);
    appendFileSync(join(project, "services/model-simulator/words.ts"), 'process.title = "another";\n');
    expect((await bundleService(project, "model-simulator")).digest).not.toBe(here.digest);
  });

  test("has its pages for a browser, with their packages, and is the same bytes in another folder", async () => {
    const here = await bundleService(root, "console");
    const there = await bundleService(project, "console");
    expect(
      [...here.files.keys()].filter((path) => /^web\/(index\.html|assets\/index-[-\w]+\.js\.br)$/.test(path)),
    ).toHaveLength(2);
    expect(there.digest).toBe(here.digest);
    const { components } = JSON.parse(here.files.get("bill-of-materials.cdx.json")?.toString() ?? "") as {
      components: { name: string }[];
    };
    expect(components.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["fastify", "react-dom", "react-router"]),
    );
  });

  test("gives its pages other names when one of them changes", async () => {
    const assets = async (): Promise<string[]> =>
      [...(await bundleService(project, "console")).files.keys()].filter((path) => path.startsWith("web/assets/"));
    const before = await assets();
    appendFileSync(join(project, "services/console/web/src/styles/base.css"), ".another { color: red; }\n");
    const after = await assets();
    expect(after).toHaveLength(before.length);
    expect(after.filter((path) => before.includes(path))).toEqual([]);
  });

  test("whose pages do not compile is refused with the file", async () => {
    appendFileSync(join(project, "services/console/web/src/main.tsx"), "const = 1;\n");
    await expect(bundleService(project, "console")).rejects.toThrow(/services\/console\/web cannot be built\./);
  });

  test("imports nothing but what Node.js has", async () => {
    const { files } = await bundleService(root, "api");
    const imported = [...(files.get("main.js")?.toString() ?? "").matchAll(/^import .* from "([^"]+)";$/gm)];
    const names = new Set(imported.map(([, name = ""]) => name.replace(/^node:/, "")));
    expect(names.size).toBeGreaterThan(5);
    expect([...names].filter((name) => !builtinModules.includes(name))).toEqual([]);
  });

  test("lists the packages that are in it with their versions and licences, and no others", async () => {
    const { files } = await bundleService(root, "api");
    const { bomFormat, specVersion, components } = JSON.parse(
      files.get("bill-of-materials.cdx.json")?.toString() ?? "",
    ) as { bomFormat: string; specVersion: string; components: { purl: string; licenses: { expression: string }[] }[] };
    expect([bomFormat, specVersion]).toEqual(["CycloneDX", "1.6"]);
    const listed = components.map(({ purl }) => purl);
    expect(listed).toContain("pkg:npm/fastify@5.12.8");
    expect(listed).toContain("pkg:npm/%40fastify/websocket@11.3.6");
    expect(listed.filter((purl) => /pulumi|cdk8s|typescript|vitest/.test(purl))).toEqual([]);
    expect(components.filter(({ licenses }) => !licenses[0]?.expression)).toEqual([]);
    expect(new Set(listed).size).toBe(listed.length);
  });
});

test("a package of which nothing is used is not listed", async () => {
  const worker = join(project, "services/worker");
  for (const name of ["used", "unused"]) {
    const folder = join(worker, "node_modules", name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name, version: "1.2.3", type: "module" }));
    writeFileSync(join(folder, "index.js"), `export const ${name} = "${name}";\n`);
  }
  writeFileSync(
    join(worker, "main.ts"),
    'import { used } from "used";\nimport { unused } from "unused";\nconsole.log(used);\n',
  );
  const { files } = await bundleService(project, "worker");
  const { components } = JSON.parse(files.get("bill-of-materials.cdx.json")?.toString() ?? "") as {
    components: object[];
  };
  expect(components).toEqual([
    { type: "library", "bom-ref": "pkg:npm/used@1.2.3", name: "used", version: "1.2.3", purl: "pkg:npm/used@1.2.3" },
  ]);
});

describe("what cannot be bundled is refused:", () => {
  test("a service without a program", async () => {
    rmSync(join(project, "services/worker/main.ts"));
    await expect(bundleService(project, "worker")).rejects.toThrow(/main\.ts does not exist\. Write the program of/);
  });

  test("a program that imports what does not exist, with file and line", async () => {
    writeFileSync(join(project, "services/worker/main.ts"), 'import "./service.ts";\nimport "./nowhere.ts";\n');
    const bundled = bundleService(project, "worker");
    await expect(bundled).rejects.toBeInstanceOf(UserError);
    await expect(bundled).rejects.toThrow(/services\/worker\/main\.ts:2: Could not resolve "\.\/nowhere\.ts"/);
  });

  test("a migration that needs a loader", async () => {
    writeFileSync(join(project, "services/api/migrations/0003_fill.ts"), "");
    await expect(bundleService(project, "api")).rejects.toThrow(/0003_fill\.ts: an image runs without .*in SQL/);
  });

  test("a program over its limit, with its size", async () => {
    writeFileSync(join(project, "services/worker/large.json"), JSON.stringify("x".repeat(limits.app)));
    writeFileSync(
      join(project, "services/worker/main.ts"),
      'import large from "./large.json" with { type: "json" };\nconsole.log(large);\n',
    );
    await expect(bundleImages(project, [image("worker")])).rejects.toThrow(
      /The program of 'worker' has 24\.\d MiB, more than 24\.0 MiB\. Remove imports/,
    );
  });

  test("an image over its limit, and no archive is left", async () => {
    const [built] = await bundleImages(root, [image("model-simulator")]);
    const content = {
      size: limits.image,
      read: () => {
        throw new Error("not to be read");
      },
    };
    const base = {
      version: "24.0.0",
      architecture: "amd64",
      entries: [{ kind: "file", path: "node", content }],
    } as const;
    const folder = join(project, "out");
    mkdirSync(folder);
    await expect(writeLayout(join(folder, "a.tar"), built as NonNullable<typeof built>, base)).rejects.toThrow(
      /The image of 'model-simulator' has 26\d\.\d MiB, more than 256\.0 MiB/,
    );
  });
});
