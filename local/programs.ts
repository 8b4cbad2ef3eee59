import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleService } from "../images/bundle.ts";
import { MAIN } from "../images/service-image.ts";

const project = fileURLToPath(new URL("../", import.meta.url));

/** The folder of the programs in a platform's folder. */
export const programsIn = (folder: string): string => join(folder, "programs");

/** The file of a service's program in a folder that `bundlePrograms` has filled. */
export const programIn = (folder: string, service: string): string => join(folder, service, MAIN);

/**
 * Bundles the programs of services into a folder, as for their images, so the same program runs here and in a cluster. It starts in 0.5 s of
 * CPU time; with a TypeScript loader it took 2.8 s. Replaces earlier bundles of these services. Throws a UserError for a service whose
 * program is missing or does not compile.
 */
export async function bundlePrograms(folder: string, services: readonly string[]): Promise<void> {
  await Promise.all(
    services.map(async (service) => {
      const { files } = await bundleService(project, service);
      rmSync(join(folder, service), { recursive: true, force: true });
      for (const [path, content] of files) {
        const file = join(folder, service, path);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, content);
      }
    }),
  );
}
