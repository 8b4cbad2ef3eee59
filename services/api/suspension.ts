import type { PoolClient } from "pg";
import { ApiError } from "./errors.ts";

export const tenantSuspended = (): ApiError =>
  new ApiError(
    "tenant_suspended",
    "An operator of the platform suspended it. Nothing of it is lost. Ask the operator.",
  );

/** Throws `tenant_suspended` when the transaction's tenant is. */
export async function refuseSuspended(client: PoolClient): Promise<void> {
  const { rowCount } = await client.query(
    "SELECT FROM tenants WHERE id = current_tenant() AND suspended_at IS NOT NULL",
  );
  if (rowCount === 1) throw tenantSuspended();
}
