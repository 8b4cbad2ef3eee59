import type { PoolClient } from "pg";
import { z } from "zod";
import { isUniqueViolation } from "../shared/database/retry-conflicts.ts";
import { createInvitation, hashOf } from "./api-keys.ts";
import type { Audit } from "./audit/request-audit.ts";
import { type Caller, requireScopes, scopes } from "./caller.ts";
import { ApiError } from "./errors.ts";
import { type Role, roles, scopesOfRole } from "./roles.ts";

/** Days for which an invitation can be accepted. */
export const INVITATION_DAYS = 7;

export const user = z
  .object({
    id: z.uuid(),
    email: z.string(),
    role: z.enum(roles),
    state: z.enum(["invited", "active", "suspended"]),
    createdAt: z.iso.datetime(),
    invitationExpiresAt: z.iso.datetime().nullable(),
  })
  .meta({ id: "User" });
export type User = z.output<typeof user>;

export const USER = `id, email, role, created_at AS "createdAt", invitation_expires_at AS "invitationExpiresAt",
  CASE WHEN suspended_at IS NOT NULL THEN 'suspended' WHEN accepted_at IS NULL THEN 'invited' ELSE 'active' END AS state`;

export const signedInUser = user
  .pick({ id: true, email: true, role: true, createdAt: true })
  .extend({
    organization: z.object({ id: z.uuid(), name: z.string() }),
    login: z.enum(["password", "oidc"]).describe("How the user logs in: with a password, or through the OIDC issuer."),
    scopes: z.array(z.enum(scopes)).describe("What the user's role permits."),
  })
  .meta({ id: "SignedInUser" });
export type SignedInUser = z.output<typeof signedInUser>;

const EXPIRY = `now() + interval '${INVITATION_DAYS} days'`;

/** The user whose token was sent. Throws `not_found` if the user was just removed. */
export async function readSignedInUser(client: PoolClient, { id }: Pick<Caller, "id">): Promise<SignedInUser> {
  const { rows } = await client.query<Omit<SignedInUser, "scopes">>(
    `SELECT users.id, email, role, users.created_at AS "createdAt", CASE WHEN issuer IS NULL THEN 'password' ELSE 'oidc' END AS login,
        jsonb_build_object('id', tenants.id, 'name', tenants.name) AS organization
      FROM users JOIN tenants ON tenants.id = users.tenant_id WHERE users.id = $1`,
    [id],
  );
  if (!rows[0]) throw new ApiError("not_found");
  return { ...rows[0], scopes: [...scopesOfRole[rows[0].role]] };
}

export interface Invited {
  readonly user: User;
  /** The token that accepts the invitation, once. Only its hash is kept. */
  readonly invitation: string;
}

/** Adds a user to the transaction's tenant, who becomes active by accepting. Throws `name_taken`. */
export async function invite(
  client: PoolClient,
  { email, role, tenant }: { readonly email: string; readonly role: Role; readonly tenant: string },
  audit: Audit,
): Promise<Invited> {
  const invitation = createInvitation();
  const { rows } = await client
    .query<User>(
      `INSERT INTO users (tenant_id, email, role, invitation_hash, invitation_expires_at)
        VALUES (current_tenant(), $1, $2, $3, ${EXPIRY}) RETURNING ${USER}`,
      [email, role, hashOf(invitation)],
    )
    .catch((error: unknown) => {
      if (!isUniqueViolation(error)) throw error;
      throw new ApiError("name_taken", "The organization has a user with this e-mail address.");
    });
  const user = rows[0] as User;
  await audit.record(client, { tenant, action: "user.invite", object: user.id, details: { role } });
  return { user, invitation };
}

/** Invites a user again who has not accepted yet; the previous invitation is void. Throws `not_found`, `forbidden` and `already_accepted`. */
export async function inviteAgain(
  client: PoolClient,
  caller: Caller,
  { id, audit }: { readonly id: string; readonly audit: Audit },
): Promise<Invited> {
  const { state } = await lockUser(client, caller, id);
  if (state === "active") throw new ApiError("already_accepted");
  const invitation = createInvitation();
  const { rows } = await client.query<User>(
    `UPDATE users SET invitation_hash = $2, invitation_expires_at = ${EXPIRY} WHERE id = $1 AND accepted_at IS NULL RETURNING ${USER}`,
    [id, hashOf(invitation)],
  );
  if (!rows[0]) throw new ApiError("already_accepted");
  await audit.record(client, { object: id });
  return { user: rows[0], invitation };
}

/**
 * A token with which a user sets another password, once, as an invitation is accepted; the one before is void. The password stays until then.
 * Throws `not_found`, `forbidden`, and `no_password` for a user of an issuer.
 */
export async function resetPassword(
  client: PoolClient,
  caller: Caller,
  { id, audit }: { readonly id: string; readonly audit: Audit },
): Promise<Invited> {
  await lockUser(client, caller, id);
  const invitation = createInvitation();
  const { rows } = await client.query<User>(
    `UPDATE users SET invitation_hash = $2, invitation_expires_at = ${EXPIRY} WHERE id = $1 AND issuer IS NULL RETURNING ${USER}`,
    [id, hashOf(invitation)],
  );
  if (!rows[0]) throw new ApiError("no_password");
  await audit.record(client, { object: id });
  return { user: rows[0], invitation };
}

export interface UserChanges {
  readonly role?: Role | undefined;
  readonly suspended?: boolean | undefined;
}

/** Changes a user. API keys that exceed the new role are revoked. Throws `not_found`, `forbidden`, `last_owner`. */
export async function changeUser(
  client: PoolClient,
  caller: Caller,
  { id, changes, audit }: { readonly id: string; readonly changes: UserChanges; readonly audit: Audit },
): Promise<User> {
  const { role, suspended } = changes;
  if (role !== undefined) requireScopes(caller, scopesOfRole[role]);
  const before = await lockUser(client, caller, id);
  const { rows } = await client.query<User>(
    `UPDATE users SET role = coalesce($2, role), suspended_at = CASE $3::boolean WHEN true THEN coalesce(suspended_at, now())
        WHEN false THEN NULL ELSE suspended_at END
      WHERE id = $1 RETURNING ${USER}`,
    [id, role ?? null, suspended ?? null],
  );
  const after = rows[0] as User;
  if (isActiveOwner(before)) await requireOwner(client);
  const revokedKeys = await revokeExceedingKeys(client, id, after.state === "suspended" ? undefined : after.role);
  const details = {
    fields: Object.keys(changes),
    role: after.role,
    suspended: after.state === "suspended",
    revokedKeys,
  };
  await audit.record(client, { object: id, details });
  return after;
}

/** Revokes the API keys that a user created and may create no more; without a role, all of them. Returns how many. */
export async function revokeExceedingKeys(client: PoolClient, user: string, role?: Role): Promise<number> {
  const { rowCount } = await client.query(
    "UPDATE api_keys SET revoked_at = now() WHERE created_by = $1 AND revoked_at IS NULL AND NOT scopes <@ $2::text[]",
    [user, role === undefined ? [] : scopesOfRole[role]],
  );
  return rowCount ?? 0;
}

/**
 * Deletes a user with all that says who it was, and revokes the API keys that it created. What it stored and executed is its
 * organization's, and stays. Throws `not_found`, `forbidden`, `last_owner`.
 */
export async function removeUser(
  client: PoolClient,
  caller: Caller,
  { id, audit }: { readonly id: string; readonly audit: Audit },
): Promise<void> {
  const before = await lockUser(client, caller, id);
  const revokedKeys = await revokeExceedingKeys(client, id);
  await client.query("SELECT erase_user($1)", [id]);
  if (isActiveOwner(before)) await requireOwner(client);
  await client.query(
    "INSERT INTO erasures (tenant_id, user_id, requested_by, finished_at) VALUES (current_tenant(), $1, $2, now())",
    [id, caller.id],
  );
  await audit.record(client, { object: id, details: { role: before.role, revokedKeys } });
}

/**
 * A user whom the caller may change: nobody changes who may do more than they. Owners are locked with it, in one order, so that two who
 * remove each other leave one.
 */
async function lockUser(client: PoolClient, caller: Caller, id: string): Promise<User> {
  const { rows } = await client.query<User>(
    `SELECT ${USER} FROM users WHERE id = $1 OR role = 'owner' ORDER BY id FOR UPDATE`,
    [id],
  );
  const found = rows.find((each) => each.id === id);
  if (!found) throw new ApiError("not_found");
  requireScopes(caller, scopesOfRole[found.role]);
  return found;
}

const isActiveOwner = ({ role, state }: User): boolean => role === "owner" && state === "active";

/** Throws `last_owner` when the transaction leaves none who can log in. */
async function requireOwner(client: PoolClient): Promise<void> {
  const { rowCount } = await client.query(
    "SELECT FROM users WHERE role = 'owner' AND accepted_at IS NOT NULL AND suspended_at IS NULL LIMIT 1",
  );
  if (rowCount === 0) throw new ApiError("last_owner", "Make another user an owner first.");
}
