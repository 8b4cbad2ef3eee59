import { type UserRole, userRoles } from "../../platform/oidc-schema.ts";
import { type Scope, scopes } from "./caller.ts";

const reading: readonly Scope[] = [
  "prompts:read",
  "workflows:read",
  "executions:read",
  "evaluations:read",
  "files:read",
];
const writing: readonly Scope[] = [
  ...reading,
  "prompts:write",
  "workflows:write",
  "executions:write",
  "evaluations:write",
  "files:write",
];

/** The scopes of each role. Each role has those of the roles below it. */
export const scopesOfRole = {
  owner: scopes,
  administrator: [
    ...writing,
    "keys:read",
    "keys:write",
    "users:read",
    "users:write",
    "models:read",
    "models:write",
    "webhooks:read",
    "webhooks:write",
    "audit:read",
    "gates:write",
  ],
  member: writing,
  viewer: reading,
} as const satisfies Readonly<Record<UserRole, readonly Scope[]>>;

export type Role = UserRole;
export const roles = userRoles;
