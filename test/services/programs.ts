import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ownServices } from "../../local/platform.ts";
import { bundlePrograms } from "../../local/programs.ts";
import type { Service } from "../../platform/service.ts";
import { egressProxy } from "../../services/egress-proxy/service.ts";

const VARIABLE = "BUNDLED_PROGRAMS";

/** For a run of tests: bundles the programs of the services that tests start, once. */
export const setup = (): Promise<() => void> => bundleForRun([...ownServices, egressProxy]);

/** Bundles the programs of services for a run of tests. Returns what removes them. */
export async function bundleForRun(services: readonly Pick<Service, "name">[]): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), "promptops-programs-"));
  await bundlePrograms(
    folder,
    services.map(({ name }) => name),
  );
  process.env[VARIABLE] = folder;
  return () => {
    rmSync(folder, { recursive: true, force: true });
  };
}

/** The folder of the programs of this run; nothing where no run has bundled them. */
export function programsOfRun(): { readonly programs?: string } {
  const programs = process.env[VARIABLE];
  return programs === undefined ? {} : { programs };
}
