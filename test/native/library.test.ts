import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../environments.ts";

const MIB = 2 ** 20;
let folder = "";
let tarball = "";
let consumer = "";

/** Packs the package and installs it into a copy of examples/extension, without a network: what it depends on is copied. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "promptops-library-"));
  const [packed] = JSON.parse(run(root, "npm", "pack", "--json", "--silent", "--pack-destination", folder)) as [
    { filename: string },
  ];
  tarball = join(folder, packed.filename);
  consumer = join(folder, "extension");
  cpSync(join(root, "examples", "extension"), consumer, {
    recursive: true,
    filter: (path) => !/\/(dist|node_modules)$/.test(path),
  });
  const manifest = join(consumer, "package.json");
  const content = JSON.parse(readFileSync(manifest, "utf8")) as { dependencies: Record<string, string> };
  content.dependencies["promptops"] = `file:${tarball}`;
  writeFileSync(manifest, JSON.stringify(content));
  const modules = join(consumer, "node_modules");
  // Links where the file system allows them: the packages are large.
  if (spawnSync("cp", ["-al", join(root, "node_modules"), modules]).status !== 0) {
    rmSync(modules, { recursive: true, force: true });
    execFileSync("cp", ["-a", join(root, "node_modules"), modules]);
  }
  for (const own of ["kubeconform-wasm", ".package-lock.json"]) rmSync(join(modules, own), { force: true });
  run(consumer, "npm", "install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund");
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function run(cwd: string, command: string, ...args: string[]): string {
  return execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}

function node(...args: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: consumer, encoding: "utf8" });
  return { status, output: stdout + stderr };
}

const plan = (): ReturnType<typeof node> => node("--import", "tsx", "plan.ts");
const compile = (): ReturnType<typeof node> => node("node_modules/typescript/bin/tsc", "--noEmit");

/** A file of the extension, and a text of it with what takes its place. */
type Change = readonly [file: string, text: readonly [from: string, to: string]];

/** Changes files of the extension for as long as `look` takes. */
function changed<Result>(changes: readonly Change[], look: () => Result): Result {
  const [first, ...others] = changes;
  if (!first) return look();
  const [file, [from, to]] = first;
  const path = join(consumer, file);
  const before = readFileSync(path, "utf8");
  if (!before.includes(from)) throw new Error(`${file} has no '${from}'`);
  writeFileSync(path, before.replaceAll(from, to));
  try {
    return changed(others, look);
  } finally {
    writeFileSync(path, before);
  }
}

describe("the tarball", () => {
  test("holds compiled files, types and data, and no source, test or example", () => {
    const files = run(folder, "tar", "--list", "--file", tarball).trim().split("\n");
    const strays = files.filter(
      (file) =>
        !/^package\/(lib\/.*\.(js|d\.ts|json)|node_modules\/kubeconform-wasm\/([\w-]+\.js|index\.d\.ts|package\.json|.*\.br)|(cli\/promptops\.js|package\.json|README\.md|LICENSE))$/.test(
          file,
        ),
    );
    expect(strays).toEqual([]);
    expect(files.filter((file) => /lib\/(test|bench|docs|examples)\//.test(file))).toEqual([]);
    expect(files).toContain("package/node_modules/kubeconform-wasm/apiserver.wasm.br");
  });

  test("has at most 16 MiB, most of which is the code of the API server", () => {
    const { size } = statSync(tarball);
    console.log(`the tarball has ${(size / MIB).toFixed(1)} MiB`);
    expect(size).toBeLessThan(16 * MIB);
  });
});

describe("an extension in TypeScript", () => {
  test("compiles against the package's types", () => {
    expect(compile()).toEqual({ status: 0, output: "" });
  });

  test("does not compile with a prop, a field and an option that there is not, nor without a prop: no type is any", () => {
    const wrong: readonly Change[] = [
      ["objects.ts", ["storageClass: storageClasses.fast,", "storageClass: storageClasses.fast, drian: 30,"]],
      ["objects.ts", ['    probePort: "http",\n', ""]],
      ["proofs/require-team.ts", ["podSources }", "podSorces }"]],
      ["addons/descheduler/addon.ts", ["licence:", "license:"]],
    ];
    const { status, output } = changed(wrong, compile);
    expect(status).not.toBe(0);
    for (const message of ["'drian'", "'probePort' is missing", "'podSorces'", "'licence'"])
      expect(output).toContain(message);
  });

  test("is rendered and proved with its own add-on, constructs and proof", () => {
    const { output } = plan();
    expect(output).toMatch(/^example: \d+ objects, add-ons .*descheduler/m);
    for (const proof of [
      "valid-objects",
      "fits-nodes",
      "no-blocked-drain",
      "require-connectivity",
      "require-storage-class",
      "valid-order",
      "valid-ports",
      "valid-queries",
      "require-team",
    ]) {
      expect(output).toMatch(new RegExp(`^holds +${proof}: `, "m"));
    }
    const job = readFileSync(join(consumer, "dist/example/52-web/cronjob.application.usage-report.yaml"), "utf8");
    expect(job).toContain("schedule: 0 2 * * *");
  });

  test.each<[string, string, readonly [string, string], string]>([
    [
      "its own proof",
      "constructs/nightly-job.ts",
      ["podLabels: { ...props.podLabels, team },", ""],
      "CronJob application/usage-report has no label 'team'.",
    ],
    [
      "the platform's proof of connections",
      "objects.ts",
      ["    ...peersOf(context, documents),\n", ""],
      "FAILS  require-connectivity: ",
    ],
    [
      "the platform's proof of queries",
      "objects.ts",
      ["metrics: [requests]", "metrics: []"],
      "reads 'web_requests_total', which nothing exports",
    ],
    [
      "the construct that it extends",
      "constructs/team-workload.ts",
      ['name: "proxy",', 'name: "proxy", securityContext: { privileged: true },'],
      "web/gateway-web: the pod is not valid",
    ],
  ])("is refused by %s when it is wrong", (_, file, change, message) => {
    const { status, output } = changed([[file, change]], plan);
    expect(status).toBe(1);
    expect(output).toContain(message);
  });
});

test("an extension in JavaScript runs without a loader", () => {
  writeFileSync(
    join(consumer, "render.mjs"),
    `import { App } from "cdk8s";
import { Layer, NetworkAccess, renderObjects } from "promptops/constructs";
import { KubeConfigMap } from "cdk8s-plus-28/lib/imports/k8s.js";
import { ConfigMap } from "promptops/kinds";
import { ScaledObject } from "promptops/kinds/keda.sh";
import { program } from "promptops/infra";
import { Network } from "promptops/proofs";

const app = new App();
const selector = { matchLabels: { app: "web" } };
new NetworkAccess(new Layer(app, "other", { wave: 7 }), "web", { namespace: "web", name: "web", selector });
console.log(JSON.stringify([
  renderObjects(app).map(({ path }) => path),
  ConfigMap === KubeConfigMap,
  [ScaledObject, program, Network].map((each) => typeof each),
]));
`,
  );
  const { output } = node("render.mjs");
  expect(JSON.parse(output)).toEqual([
    ["07-other/networkpolicy.web.web.yaml"],
    true,
    ["function", "function", "function"],
  ]);
});

test("the command of the package runs its compiled files", () => {
  const file = join(consumer, "Pulumi.plain.yaml");
  const own = readFileSync(join(consumer, "Pulumi.example.yaml"), "utf8");
  writeFileSync(file, own.replace("descheduler: {}", "").replace("example.localhost", "plain.localhost"));
  const command = "node_modules/promptops/cli/promptops.js";
  const proved = node(command, "check", "plain");
  const { status, output } = node(command, "render", "plain", "--output", "plain");
  rmSync(file);
  expect(proved.output).toMatch(/^plain +fits-nodes +holds$/m);
  expect(output).not.toContain("Error");
  expect(status).toBe(0);
  expect(readFileSync(join(consumer, "plain", "50-services", "deployment.application.worker.yaml"), "utf8")).toContain(
    "kind: Deployment",
  );
});

test.each(["dev", "image", "new service reports", "new addon reports"])(
  "the command of the package says that '%s' needs a clone of the platform",
  (command) => {
    const { status, output } = node("node_modules/promptops/cli/promptops.js", ...command.split(" "));
    expect(status).toBe(2);
    expect(output).toMatch(/^'promptops [a-z ]+' works on the sources of the platform, .* Run it in a clone/);
  },
);
