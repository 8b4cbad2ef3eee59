import { type Environment, sharedKeys } from "../platform/environment.ts";
import { UserError } from "../platform/faults.ts";

/** An environment with another version of the images than its file has: the one that a pipeline has just built. */
export function withRelease(environment: Environment, version: string): Environment {
  const { success, error } = sharedKeys.release.shape.version.safeParse(version);
  if (success) return { ...environment, release: { ...environment.release, version } };
  throw new UserError(`--release has '${version}', which ${error.issues[0]?.message ?? "is no version"}`);
}
