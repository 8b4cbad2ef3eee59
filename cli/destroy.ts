import { loadDescriptors } from "../addons/catalogue.ts";
import { ClusterError } from "../operations/cluster-client.ts";
import { destroyEnvironment } from "../operations/destroy.ts";
import type { Teardown } from "../operations/guards.ts";
import { EngineError, shortName, Stack } from "../operations/stack.ts";
import { cloudFacts } from "../platform/clouds.ts";
import { type Environment, sharedKeys } from "../platform/environment.ts";
import { UserError } from "../platform/faults.ts";
import { readEnvironment } from "../platform/read-environment.ts";
import type { ExitCode } from "./command.ts";

interface Call {
  /** The folder of Pulumi.yaml. */
  readonly folder: string;
  readonly name: string;
  readonly teardown: Teardown;
  readonly confirmed: boolean;
}

/** `promptops destroy`. */
export async function destroy({ folder, name, teardown, confirmed }: Call): Promise<ExitCode> {
  const descriptors = await loadDescriptors();
  const environment = readEnvironment(folder, name, descriptors);
  requireFinalSnapshot(environment, teardown);
  const stack = await Stack.open(name, descriptors, { workDir: folder });
  if (confirmed) return destroyNow(stack, environment, teardown);
  process.stdout.write(await preview(stack, name, teardown));
  return 0;
}

/** Refuses a name that no snapshot may have, and any where the cloud takes none. */
function requireFinalSnapshot({ cloud }: Environment, teardown: Teardown): void {
  if (teardown.finalSnapshot === undefined) return;
  const { managedPostgres } = cloudFacts[cloud];
  if (!managedPostgres || !managedPostgres.finalSnapshot)
    throw new UserError(`--final-snapshot: ${cloud} takes none. Dump the database first, and leave it out.`);
  const [fault] = sharedKeys.teardown.safeParse(teardown).error?.issues ?? [];
  if (fault) throw new UserError(`--final-snapshot '${teardown.finalSnapshot}' ${fault.message}`);
}

async function destroyNow(stack: Stack, environment: Environment, teardown: Teardown): Promise<ExitCode> {
  try {
    const count = await destroyEnvironment(stack, environment, { teardown, report });
    process.stdout.write(`${environment.name}: ${count} resources deleted\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof EngineError || error instanceof ClusterError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}

const report = (what: string): void => void process.stderr.write(`${what}\n`);

/** What would go, with what holds data by name. */
async function preview(stack: Stack, name: string, { keepBackups, finalSnapshot }: Teardown): Promise<string> {
  const resources = await stack.resources();
  const guarded = resources.filter(({ protect }) => protect);
  const lines = [
    `${resources.length} resources of '${name}' would be deleted, and every load balancer and volume of its cluster.`,
    ...(guarded.length > 0 ? ["Now protected, and deleted unless listed as kept:"] : []),
    ...guarded.map(({ urn }) => `  ${shortName(urn)}`),
    keepBackups ? "Kept: the backup bucket, the encryption key and volume snapshots." : "Also deleted: all backups.",
    finalSnapshot === undefined
      ? "No final snapshot of the database would be taken."
      : `A final snapshot of the database would be taken: '${finalSnapshot}'.`,
    `Nothing was changed. Add --confirm ${name} to delete the environment.`,
  ];
  return `${lines.join("\n")}\n`;
}
