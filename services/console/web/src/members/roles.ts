import type { User } from "../api/openapi.d.ts";

export type Role = User["role"];

/** Each role has the scopes of those after it. */
const roles: readonly Role[] = ["owner", "administrator", "member", "viewer"];

/** What a role permits, in short. */
export const DESCRIPTIONS: Readonly<Record<Role, string>> = {
  owner: "Everything, including the export of the organization",
  administrator: "Also members, API keys, webhooks, models, gates and the audit log",
  member: "Also changes and runs prompts, workflows and evaluations",
  viewer: "Reads prompts, workflows, executions and evaluations",
};

/** The roles that a user with this role may grant: nobody grants a scope that they lack. */
export const grantableRoles = (own: Role): readonly Role[] => roles.slice(roles.indexOf(own));
