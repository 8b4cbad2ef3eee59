import { cloudFacts, type SizeRange } from "./clouds.ts";
import { postgresIsInCluster, STORAGE_GROWTH } from "./database.ts";
import type { Fault } from "./faults.ts";
import { bytes } from "./quantity.ts";
import type { Rule } from "./rule.ts";

const databaseFitsItsStorage: Rule = ({ cloud, database }) => {
  if (!database) return [];
  const { managedPostgres, volumes } = cloudFacts[cloud];
  if (postgresIsInCluster({ cloud, database })) return sizeFaults("database.storage", database.storage, volumes);
  const storage = managedPostgres ? managedPostgres.storage : undefined;
  // What it grows to must have room too.
  const range = storage && { ...storage, max: storage.max / STORAGE_GROWTH };
  return sizeFaults("database.storage", database.storage, range);
};

/** An add-on's option 'storage' is the size of each of its volumes, to which it writes what it has in memory. */
const addonsFitTheirVolumes: Rule = ({ cloud, addons = {} }) =>
  Object.entries(addons).flatMap(([name, options]) => {
    const { storage, memory = "0" } = options as { readonly storage?: string; readonly memory?: string };
    if (storage === undefined) return [];
    const path = `addons.${name}.storage`;
    const faults = sizeFaults(path, storage, cloudFacts[cloud].volumes);
    if (faults.length > 0 || bytes(storage) >= bytes(memory)) return faults;
    const rule = `must be at least its memory, ${memory}: what is there is written to the volume. Raise it.`;
    return [{ path, value: storage, rule }];
  });

function sizeFaults(path: string, value: string, range: SizeRange | undefined): Fault[] {
  const gibibytes = bytes(value) / 2 ** 30;
  if (!range || (gibibytes >= range.min && gibibytes <= range.max)) return [];
  const rule =
    gibibytes < range.min
      ? `must be at least ${range.min}Gi, the smallest that the cloud sells. Raise it.`
      : `must be at most ${range.max}Gi, the largest that the cloud sells and can grow. Lower it.`;
  return [{ path, value, rule }];
}

export const storageRules: readonly Rule[] = [databaseFitsItsStorage, addonsFitTheirVolumes];
