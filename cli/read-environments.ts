import type { Cloud } from "../platform/clouds.ts";
import type { Descriptors } from "../platform/descriptors.ts";
import type { Environment } from "../platform/environment.ts";
import { FaultyFileError, UserError } from "../platform/faults.ts";
import { listEnvironments, readEnvironment } from "../platform/read-environment.ts";

/** Environments of a folder. */
export interface Selection {
  /** The folder of Pulumi.yaml. */
  readonly folder: string;
  /** Environments by name; all of them when empty. */
  readonly environments: readonly string[];
  /** The cloud on which they are looked at. @default - each one's own */
  readonly cloud?: Cloud | undefined;
}

/** Reads the named environments, or all of the folder's. The faults of all files are reported at once. */
export function readEnvironments(
  { folder, environments: named, cloud }: Selection,
  descriptors: Descriptors,
): Environment[] {
  const names = named.length > 0 ? [...new Set(named)] : listEnvironments(folder);
  if (names.length === 0) {
    throw new UserError(`${folder} has no Pulumi.<environment>.yaml. Go to the project's folder, or add one.`);
  }
  const faulty: FaultyFileError[] = [];
  const sound = names.flatMap((name) => {
    try {
      return [readEnvironment(folder, name, descriptors, cloud)];
    } catch (error) {
      if (!(error instanceof FaultyFileError)) throw error;
      faulty.push(error);
      return [];
    }
  });
  if (faulty.length > 0) throw new UserError(faulty.map(({ message }) => message).join("\n\n"));
  return sound;
}
