import { kubernetesVersions } from "./catalogue/kubernetes.ts";
import { postgresVersions } from "./catalogue/postgres.ts";
import type { Descriptors } from "./descriptors.ts";
import type { Environment } from "./environment.ts";
import { installedAddons, versionOf } from "./installed-addons.ts";

/** A version of an environment that is behind what this release of PromptOps lists. */
export interface Upgrade {
  readonly subject: string;
  readonly current: string;
  /** The version to take next: minors of Kubernetes one after the other, the newest of anything else. */
  readonly next: string;
  /** Key of the environment file, below `promptops:`. */
  readonly key: string;
}

/** What is behind, Kubernetes first: add-ons are listed for the minors that they run on. */
export function upgradesOf(environment: Environment, descriptors: Descriptors): Upgrade[] {
  const { cloud, database, kubernetes } = environment;
  const majors = postgresVersions[cloud];
  return [
    ...behind(
      "Kubernetes",
      kubernetes.version,
      "kubernetes.version",
      after(kubernetesVersions[cloud], kubernetes.version),
    ),
    ...behind("Postgres", database.version, "database.version", after(majors, database.version).slice(-1)),
    ...installedAddons(environment, descriptors).flatMap(({ addon }) => {
      const current = versionOf(environment, addon);
      if (current === undefined || !("source" in addon.delivery)) return [];
      const [newest] = addon.delivery.source.versions;
      return behind(addon.name, current, `addons.${addon.name}.version`, newest === current ? [] : [newest]);
    }),
  ];
}

/** Versions after one, of a list that begins with the oldest. */
const after = (versions: readonly string[], version: string): readonly string[] =>
  versions.slice(versions.indexOf(version) + 1);

const behind = (subject: string, current: string, key: string, [next]: readonly string[]): Upgrade[] =>
  next === undefined ? [] : [{ subject, current, next, key }];
