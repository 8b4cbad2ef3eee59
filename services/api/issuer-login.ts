import type { PoolClient } from "pg";
import type { Database } from "../shared/database/pool.ts";
import type { Audit } from "./audit/request-audit.ts";
import { ApiError } from "./errors.ts";
import type { LoggedIn } from "./logins.ts";
import type { Identity } from "./oidc.ts";
import { endSessionsOf } from "./sessions.ts";
import { refuseSuspended } from "./suspension.ts";
import { revokeExceedingKeys } from "./users.ts";

export interface IssuerLogin {
  readonly identity: Identity;
  /** @default - the only one that the identity names */
  readonly organization?: string | undefined;
}

/**
 * The user of an issuer's identity, with the role that the issuer gives now. A user who is new to the organization is added, and one who was
 * invited has accepted. One who had a password has none any more, and no session of it. Throws `issuer_token_refused`, and `tenant_suspended`.
 */
export async function logInByIssuer(
  database: Database,
  { identity, organization = onlyOne(identity.organizations) }: IssuerLogin,
  audit: Audit,
): Promise<LoggedIn> {
  if (!identity.organizations.includes(organization)) throw refused(organization);
  return database.transaction(async (client) => {
    await client.query("SELECT set_config('promptops.organization', $1, true)", [organization]);
    const { rows } = await client.query<{ id: string }>(
      "SELECT id, set_config('promptops.tenant', id::text, true) FROM tenants WHERE name = $1",
      [organization],
    );
    if (!rows[0]) throw refused(organization);
    await refuseSuspended(client);
    const id = await storeUser(client, identity);
    if (id === undefined) throw refused(organization);
    const revokedKeys = await revokeExceedingKeys(client, id, identity.role);
    const user = { kind: "user", id } as const;
    const details = { role: identity.role, revokedKeys };
    await audit.record(client, { tenant: rows[0].id, actor: user, action: "user.provision", object: id, details });
    return { tenant: rows[0].id, ...user };
  });
}

/** Stores the identity's user, unless it is suspended, or its address is another identity's; its id. */
async function storeUser(client: PoolClient, { issuer, subject, email, role }: Identity): Promise<string | undefined> {
  // By the subject first: an address may go to somebody else.
  const known = await client.query<{ id: string; suspended: boolean }>(
    `UPDATE users SET role = CASE WHEN suspended_at IS NULL THEN $3 ELSE role END WHERE issuer = $1 AND subject = $2
      RETURNING id, suspended_at IS NOT NULL AS suspended`,
    [issuer, subject, role],
  );
  if (known.rows[0]) return known.rows[0].suspended ? undefined : known.rows[0].id;
  const { rows } = await client.query<{ id: string }>(
    `INSERT INTO users AS known (tenant_id, email, role, issuer, subject, accepted_at)
      VALUES (current_tenant(), $4, $3, $1, $2, now())
      ON CONFLICT (tenant_id, email) DO UPDATE SET issuer = $1, subject = $2, role = $3, accepted_at = coalesce(known.accepted_at, now()),
        password_hash = NULL, invitation_hash = NULL, invitation_expires_at = NULL
        WHERE known.issuer IS NULL AND known.suspended_at IS NULL
      RETURNING id`,
    [issuer, subject, role, email],
  );
  // From now on the issuer identifies the user. A password or session under the address may belong to somebody else.
  if (rows[0]) await endSessionsOf(client, rows[0].id);
  return rows[0]?.id;
}

function onlyOne(organizations: readonly string[]): string {
  const [first = "", ...others] = organizations;
  if (others.length === 0) return first;
  throw new ApiError(
    "issuer_token_refused",
    `Name one of its organizations as 'organization': ${organizations.join(", ")}.`,
  );
}

const refused = (organization: string): ApiError =>
  new ApiError("issuer_token_refused", `It opens no organization '${organization}'.`);
