import type { ObjectStore, TenantObjects } from "../shared/objects/ports.ts";
import { ApiError } from "./errors.ts";

/** A tenant's objects. Throws `no_object_storage` where the environment has none. */
export function tenantObjects(objects: ObjectStore | undefined, tenant: string): TenantObjects {
  if (objects) return objects.of(tenant);
  throw new ApiError("no_object_storage", "The route needs it. Use an environment on a cloud with object storage.");
}
