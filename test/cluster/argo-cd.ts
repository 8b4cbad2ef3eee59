import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { writeObjects } from "../../k8s/write.ts";
import { namespaces } from "../../platform/names.ts";
import type { Manifest } from "../../k8s/render.ts";
import type { Plan } from "../../plan/model/plan.ts";
import type { Editable } from "../plans.ts";
import { ensureArgoSync } from "./binaries.ts";
import type { KubeObject } from "./client.ts";
import type { Cluster } from "./cluster.ts";

/** What argo-sync prints: see argo-sync/report.go. */
export interface SyncResult {
  readonly phase: "Succeeded" | "Failed" | "Error" | "Running";
  readonly message: string;
  readonly stalled: boolean;
  readonly waitingFor: readonly SyncedObject[];
  readonly conditions: readonly string[];
  readonly syncStatus: "Synced" | "OutOfSync" | "Unknown";
  readonly outOfSync: readonly string[];
  readonly health: string;
  readonly waves: readonly { readonly wave: number; readonly objects: readonly SyncedObject[] }[];
}

export interface SyncedObject {
  readonly group: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly status: "Synced" | "SyncFailed" | "Pruned" | "PruneSkipped";
  readonly hookPhase?: string;
  readonly message?: string;
  readonly health?: string;
  readonly healthMessage?: string;
}

export type PlannedObjects = readonly { readonly path: string; readonly manifest: object }[];

/**
 * Installs what the plan's two Helm releases do, as far as a sync depends on it: Argo CD's definitions and its settings,
 * the AppProject and the root Application. Argo CD itself runs in `syncFolder`, for one operation at a time.
 */
export async function installArgoCd(cluster: Cluster, plan: Plan): Promise<void> {
  const { definitions } = await ensureArgoSync();
  const files = readdirSync(definitions).filter((file) => /^(application|appproject)-crd/.test(file));
  await cluster.apply(files.map((file) => parse(readFileSync(join(definitions, file), "utf8")) as KubeObject));

  const { cm, params } = releaseValues(plan, "argo-cd").configs as Record<string, Record<string, unknown>>;
  const root = releaseValues(plan, "root");
  await cluster.apply([
    configMap("argocd-cm", cm),
    configMap("argocd-cmd-params-cm", params),
    ...instances("AppProject", root.projects),
    ...instances("Application", root.applications),
  ]);
}

/** As the chart argo-cd writes it; Argo CD reads settings from those with its label. */
function configMap(name: string, values: Record<string, unknown> = {}): object {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace: namespaces.argocd, labels: { "app.kubernetes.io/part-of": "argocd" } },
    data: Object.fromEntries(Object.entries(values).map(([key, value]) => [key, String(value)])),
  };
}

/** The objects that the chart argocd-apps makes of its values. */
function instances(kind: string, values: Record<string, { namespace: string }>): object[] {
  return Object.entries(values).map(([name, { namespace, ...spec }]) => ({
    apiVersion: "argoproj.io/v1alpha1",
    kind,
    metadata: { name, namespace },
    spec,
  }));
}

function releaseValues(plan: Plan, name: string): Editable {
  const release = plan.resources.find((each) => each.type === "kubernetes:helm.sh/v3:Release" && each.name === name);
  if (!release) throw new Error(`The plan of ${plan.environment} has no Helm release ${name}.`);
  return release.inputs["values"];
}

/** Writes objects as they are committed to the branch of the environment, and syncs the root Application with them. */
export async function syncObjects(cluster: Cluster, objects: PlannedObjects): Promise<SyncResult> {
  const folder = join(cluster.folder, "manifests");
  rmSync(folder, { recursive: true, force: true });
  await writeObjects(
    folder,
    objects.map(({ path, manifest }) => ({ path, manifest: manifest as Manifest })),
  );
  return syncFolder(cluster, folder);
}

/** Syncs the root Application with a folder, and deletes what is not in it, as an automated sync with `prune` does. */
export async function syncFolder(cluster: Cluster, folder: string): Promise<SyncResult> {
  const { program } = await ensureArgoSync();
  const scratch = join(cluster.folder, "argo-sync");
  mkdirSync(scratch, { recursive: true });
  const args = [`--kubeconfig=${cluster.kubeconfig}`, `--manifests=${folder}`, "--application=platform", "--prune"];
  const { code, output, errors } = await outputOf(program, args, scratch);
  if (code !== 0) throw new Error(`argo-sync ended with ${code}:\n${errors.slice(-3000)}`);
  return JSON.parse(output) as SyncResult;
}

/** The program ends when its input does, which is when this process is gone. */
function outputOf(
  program: string,
  args: readonly string[],
  scratch: string,
): Promise<{ code: number | null; output: string; errors: string }> {
  return new Promise((resolve, reject) => {
    // Argo CD waits two seconds after each wave. With one second it judges health earlier, and the tests take less time.
    const env = { ...process.env, TMPDIR: scratch, ARGOCD_SYNC_WAVE_DELAY: "1", GOGC: "400" };
    const child = spawn(program, args, { env, stdio: ["pipe", "pipe", "pipe"] });
    let output = "";
    let errors = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output, errors }));
  });
}
