import type { Settings } from "../runtime/settings.ts";
import { OBJECTS_ACCESS_KEY, OBJECTS_SECRET_KEY } from "./contract.ts";
import { directoryObjects } from "./directory-objects.ts";
import type { ObjectStore } from "./ports.ts";
import { s3Objects } from "./s3-objects.ts";
import { parseObjectSettings } from "./settings.ts";

/** The object store of the environment; undefined where it has none. Throws a UserError for settings that are wrong. */
export async function openObjects(
  settings: Pick<Settings, "objects" | "egressProxy" | "optionalSecret">,
): Promise<ObjectStore | undefined> {
  if (settings.objects === undefined) return undefined;
  const parsed = parseObjectSettings(settings.objects);
  if ("directory" in parsed) return directoryObjects(parsed);
  const accessKeyId = settings.optionalSecret(OBJECTS_ACCESS_KEY);
  const secretAccessKey = settings.optionalSecret(OBJECTS_SECRET_KEY);
  return s3Objects({
    ...parsed,
    proxy: settings.egressProxy,
    ...(accessKeyId !== undefined &&
      secretAccessKey !== undefined && { credentials: { accessKeyId, secretAccessKey } }),
  });
}
