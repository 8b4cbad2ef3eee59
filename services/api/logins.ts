import type { Database } from "../shared/database/pool.ts";
import { hashOf } from "./api-keys.ts";
import type { Audit } from "./audit/request-audit.ts";
import type { Caller } from "./caller.ts";
import { ApiError, LoginFailed } from "./errors.ts";
import { hashPassword, verifyPassword } from "./passwords.ts";
import { endSessionsOf } from "./sessions.ts";
import { refuseSuspended } from "./suspension.ts";

/** A user who has just shown who they are. */
export type LoggedIn = Pick<Caller, "tenant" | "kind" | "id">;

export interface Credentials {
  /** The tenant's name. */
  readonly organization: string;
  readonly email: string;
  readonly password: string;
}

/**
 * The user with this password. Throws `login_failed`, after the same time whether the organization, the user or the password is wrong, and
 * `tenant_suspended` for the right password alone.
 */
export async function logIn(database: Database, { organization, email, password }: Credentials): Promise<LoggedIn> {
  const found = await database.transaction(async (client) => {
    await client.query("SELECT set_config('promptops.organization', $1, true)", [organization]);
    const { rows: tenants } = await client.query<{ id: string }>(
      "SELECT id, set_config('promptops.tenant', id::text, true) FROM tenants WHERE name = $1",
      [organization],
    );
    // Asked for in any case: an organization that does not exist takes as long.
    const { rows } = await client.query<{ id: string; hash: string | null }>(
      `SELECT id, password_hash AS hash FROM users WHERE tenant_id = current_tenant() AND email = $1 AND accepted_at IS NOT NULL
        AND suspended_at IS NULL`,
      [email],
    );
    return { tenant: tenants[0]?.id, user: rows[0] };
  });
  const { tenant, user } = found;
  const matches = await verifyPassword(password, user?.hash);
  if (!matches || tenant === undefined || !user) throw new LoginFailed(tenant, user?.id);
  await database.asTenant(tenant, refuseSuspended);
  return { tenant, kind: "user", id: user.id };
}

/**
 * Accepts an invitation, or a reset of the password, with a password of the user's, and ends the sessions that the user has. It works once.
 * Throws `invitation_invalid`, and `tenant_suspended`.
 */
export async function acceptInvitation(
  database: Database,
  { invitation, password }: { readonly invitation: string; readonly password: string },
  audit: Audit,
): Promise<LoggedIn> {
  const hash = hashOf(invitation);
  // Looked up before the password is hashed, which costs more: who guesses invitations must not keep the processor busy.
  const find = `SELECT tenant_id AS tenant, id, set_config('promptops.tenant', tenant_id::text, true) FROM users
    WHERE invitation_hash = $1 AND invitation_expires_at > now() AND suspended_at IS NULL`;
  const begin = `BEGIN; SELECT set_config('promptops.invitation', '${hash.toString("hex")}', true)`;
  const { rows } = await database.transaction(
    (client) => client.query<{ tenant: string; id: string }>(find, [hash]),
    begin,
  );
  if (!rows[0]) throw new ApiError("invitation_invalid");
  const { tenant, id } = rows[0];
  const passwordHash = await hashPassword(password);
  await database.asTenant(tenant, async (client) => {
    await refuseSuspended(client);
    const { rowCount } = await client.query(
      `UPDATE users SET password_hash = $3, accepted_at = coalesce(accepted_at, now()), invitation_hash = NULL, invitation_expires_at = NULL
        WHERE id = $1 AND invitation_hash = $2 AND invitation_expires_at > now() AND suspended_at IS NULL`,
      [id, hash, passwordHash],
    );
    if (rowCount === 0) throw new ApiError("invitation_invalid");
    const endedSessions = await endSessionsOf(client, id);
    await audit.record(client, { tenant, actor: { kind: "user", id }, object: id, details: { endedSessions } });
  });
  return { tenant, kind: "user", id };
}

export interface NewPassword {
  readonly currentPassword: string;
  readonly newPassword: string;
}

/** Changes the password of the caller, a user who knows the current one, and ends the caller's other sessions. Throws `login_failed`. */
export async function changePassword(
  database: Database,
  { tenant, id, session }: Caller,
  { currentPassword, newPassword }: NewPassword,
  audit: Audit,
): Promise<void> {
  const { rows } = await database.asTenant(tenant, (client) =>
    client.query<{ hash: string | null }>("SELECT password_hash AS hash FROM users WHERE id = $1", [id]),
  );
  const hash = rows[0]?.hash;
  if (!(await verifyPassword(currentPassword, hash))) throw new LoginFailed(tenant, id);
  const newHash = await hashPassword(newPassword);
  await database.asTenant(tenant, async (client) => {
    // The password that was verified: of two changes at once, one counts.
    const { rowCount } = await client.query(
      `UPDATE users SET password_hash = $3, invitation_hash = NULL, invitation_expires_at = NULL
        WHERE id = $1 AND password_hash = $2 AND suspended_at IS NULL`,
      [id, hash, newHash],
    );
    if (rowCount === 0) throw new LoginFailed(tenant, id);
    await audit.record(client, { object: id, details: { endedSessions: await endSessionsOf(client, id, session) } });
  });
}
