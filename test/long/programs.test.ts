import { chmodSync, cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../../local/embedded-postgres.ts";
import { type DatabaseUrls, giveRoles } from "../../local/give-roles.ts";
import { freePort } from "../../local/ports.ts";
import type { PodSource } from "../../plan/model/pods.ts";
import { createKey, hashOf } from "../../services/api/api-keys.ts";
import { environment, services } from "../environments.ts";
import { imagesOnDisk, type UnpackedImage } from "../images/image-on-disk.ts";
import { type Editable, planOf } from "../plans.ts";
import { type PodToRun, runContainer, type RunningContainer } from "../run-container.ts";
import { until } from "../services/stack.ts";

const folder = mkdtempSync(join(tmpdir(), "promptops-test-"));
let postgres: EmbeddedPostgres;
let urls: DatabaseUrls;
let images: ReadonlyMap<string, UnpackedImage>;
const running = new Set<RunningContainer>();

beforeAll(async () => {
  chmodSync(folder, 0o711);
  postgres = await startEmbeddedPostgres({ folder: join(folder, "postgres"), durable: false });
  urls = await giveRoles(postgres.url, services, "secret");
  images = await imagesOnDisk(services, environment("development"), folder);
});
afterAll(async () => {
  for (const { process } of running) process.kill("SIGKILL");
  await Promise.all([...running].map(({ ended }) => ended));
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

const plan = await planOf("development");

const sourceOf = (name: string): PodSource => {
  const found = plan.podSources.find((each) => each.name === name && each.addon === undefined);
  if (!found) throw new Error(`no pod runs ${name}`);
  return found;
};

const byRole = { database: "serve", migrator: "migrate", administrator: "administer" } as const;

/** What the ExternalSecret of this name brings, with this machine's database behind it. */
function secretOf(name: string): Record<string, string> {
  const external = plan.objects.find(
    ({ manifest }) => manifest.kind === "ExternalSecret" && manifest.metadata.name === name,
  );
  const { data } = external?.manifest.spec as {
    readonly data: readonly { secretKey: string; remoteRef: { key: string } }[];
  };
  return Object.fromEntries(
    data.map(({ secretKey, remoteRef: { key } }) => {
      const [, service = "", role] = /\/?([a-z-]+)[/.](database|migrator|administrator)$/.exec(key) ?? [];
      const url = role === undefined ? undefined : urls[byRole[role as keyof typeof byRole]].get(service);
      return [secretKey, url ?? "k".repeat(128)];
    }),
  );
}

/** What Prometheus scrapes of a workload. */
function endpointsOf(name: string): readonly { readonly port: string; readonly path: string }[] {
  const monitor = plan.objects.find(
    ({ manifest }) => manifest.kind === "ServiceMonitor" && manifest.metadata.name === name,
  );
  return (monitor?.manifest.spec as { readonly endpoints: { port: string; path: string }[] }).endpoints;
}

/** Runs the job that creates a tenant, with variables besides those that are rendered, as an operator sets them. */
async function createTenant(
  variables: Readonly<Record<string, string>>,
): Promise<{ status: number | null; said: string }> {
  const pod = structuredClone(sourceOf("api-create-tenant").spec) as Editable;
  const [container] = pod.containers;
  container.env = container.env.filter(({ name }: { name: string }) => !(name in variables));
  for (const [name, value] of Object.entries(variables)) container.env.push({ name, value });
  const secret = (name: string): Promise<Record<string, string>> => Promise.resolve(secretOf(name));
  const job = await runContainer({ name: "api-create-tenant", spec: pod }, { secret, imageOf });
  return { status: await job.ended, said: job.output() };
}

/** The image that a pod names; none of another name or tag exists. */
function imageOf(name: string): UnpackedImage {
  const found = images.get(name);
  if (!found) throw new Error(`no image is ${name}; there are ${[...images.keys()].join(", ")}`);
  return found;
}

async function start(
  name: string,
  files: (image: UnpackedImage) => UnpackedImage = (image) => image,
): Promise<RunningContainer> {
  const { spec } = sourceOf(name);
  const ports = (spec.containers[0]?.ports ?? []).flatMap((port) => port.name ?? []);
  const hostPorts = Object.fromEntries(await Promise.all(ports.map(async (port) => [port, await freePort()] as const)));
  const container = await runContainer(
    { name, spec: spec as PodToRun["spec"] },
    { secret: (secret) => Promise.resolve(secretOf(secret)), hostPorts, imageOf: (image) => files(imageOf(image)) },
  );
  running.add(container);
  return container;
}

describe("from its image, without node_modules, and what its pod is given,", () => {
  test("the migration job applies its migrations and ends", async () => {
    const job = await start("api-migrate");
    expect(await job.ended, job.output()).toBe(0);
    expect(job.output()).toContain('"applied":["0001');
  });

  test.each(["api", "worker", "model-simulator"])("%s starts, answers its probes and is scraped", async (name) => {
    const program = await start(name);
    await until(`${name} to be ready\n${program.output()}`, async () => {
      if (program.process.exitCode !== null) throw new Error(program.output());
      return (await program.probe("startupProbe")) === 200 && (await program.probe("readinessProbe")) === 200
        ? true
        : undefined;
    });
    expect(await program.probe("livenessProbe")).toBe(200);
    const [endpoint] = endpointsOf(name);
    const scraped = await fetch(`http://127.0.0.1:${program.port(endpoint?.port ?? "")}${endpoint?.path ?? ""}`);
    expect(scraped.status).toBe(200);
    // What its variables say reached it: a variable that it no longer reads would leave the default.
    expect(program.output()).not.toContain("PROMPTOPS_MODELS is empty");
    program.process.kill("SIGTERM");
    expect(await program.ended, program.output()).toBe(0);
  });

  test("the job that an operator starts creates a tenant once, and the key of its hash opens the API", async () => {
    const key = createKey();
    const first = await createTenant({ PROMPTOPS_KEY_SHA256: hashOf(key).toString("hex") });
    expect(first).toEqual({
      status: 0,
      said: expect.stringMatching(/^Tenant 'default' \([-0-9a-f]{36}\) has its administrator's API key\.\n$/),
    });
    expect(await createTenant({ PROMPTOPS_KEY_SHA256: "0".repeat(64) })).toEqual({
      status: 0,
      said: first.said.replace("has its", "had an").replace("key.", "key already. Nothing was changed."),
    });

    const api = await start("api");
    await until(`the API to be ready\n${api.output()}`, async () =>
      (await api.probe("readinessProbe")) === 200 ? true : undefined,
    );
    const call = (authorization: string): Promise<Response> =>
      fetch(`http://127.0.0.1:${api.port("http")}/prompts`, {
        method: "POST",
        headers: { authorization, "content-type": "application/json" },
        body: JSON.stringify({ name: "first", model: "simulated", messages: [{ role: "user", content: "Hello." }] }),
      });
    expect((await call(`Bearer ${key}`)).status).toBe(201);
    expect((await call(`Bearer ${key}x`)).status).toBe(401);
    api.process.kill("SIGTERM");
    expect(await api.ended, api.output()).toBe(0);
    expect(api.output()).not.toContain(key);
  });

  test.each([
    [
      { PROMPTOPS_TENANT: "Acme Inc." },
      /^ {2}PROMPTOPS_TENANT: must be lower-case letters, digits and '-', at most 63$/m,
    ],
    [
      { PROMPTOPS_KEY_SHA256: "po_a-key" },
      /^ {2}PROMPTOPS_KEY_SHA256: must be a SHA-256: 64 hex digits in lower case$/m,
    ],
    [{}, /^PROMPTOPS_KEY_SHA256 is not set\. /],
  ])("the job that creates a tenant refuses %j, and repeats no value", async (variables, says) => {
    const { status, said } = await createTenant(variables);
    expect(status).toBe(2);
    expect(said).toMatch(says);
    for (const value of Object.values(variables)) expect(said).not.toContain(value);
  });

  test("the migration job fails when its image lacks the migrations", async () => {
    const without = (image: UnpackedImage): UnpackedImage => {
      const copy = join(folder, "without-migrations");
      cpSync(image.root, copy, { recursive: true });
      rmSync(join(copy, "app/migrations"), { recursive: true });
      return { ...image, root: copy };
    };
    const job = await start("api-migrate", without);
    expect(await job.ended).not.toBe(0);
    expect(job.output()).toMatch(/migrations/);
  });

  test("a program that lacks a file or is given one elsewhere does not start", async () => {
    const { spec } = sourceOf("worker");
    const pod = structuredClone(spec) as Editable;
    pod.containers[0].volumeMounts = [{ name: "secrets", mountPath: "/run/secrets" }];
    const worker = await runContainer(
      { name: "worker", spec: pod },
      { secret: (secret) => Promise.resolve(secretOf(secret)), imageOf },
    );
    expect(await worker.ended).not.toBe(0);
    expect(worker.output()).toMatch(/finds no secret in \/etc\/promptops\/secrets\//);
  });
});
