import { ApiError } from "./errors.ts";

export const scopes = [
  "prompts:read",
  "prompts:write",
  "workflows:read",
  "workflows:write",
  "executions:read",
  "executions:write",
  "evaluations:read",
  "evaluations:write",
  "gates:write",
  "models:read",
  "models:write",
  "files:read",
  "files:write",
  "webhooks:read",
  "webhooks:write",
  "keys:read",
  "keys:write",
  "users:read",
  "users:write",
  "organization:export",
  "audit:read",
] as const;
export type Scope = (typeof scopes)[number];

/** Who sent a request, and what it may do. */
export interface Caller {
  readonly tenant: string;
  /** Whose request or session it is: an API key's or a user's. */
  readonly kind: "key" | "user";
  /** The id of the API key or of the user. */
  readonly id: string;
  /** The session of the token. @default - the caller sent an API key */
  readonly session?: string;
  readonly scopes: readonly string[];
}

/** An operator of the platform, who belongs to no tenant. */
export interface Operator {
  readonly kind: "operator";
  /** The id of the operator's key. */
  readonly id: string;
  /** The key's SHA-256 in hex: Postgres shows tenants to who presents it. */
  readonly hash: string;
}

/** Throws `forbidden`. */
export function requireScope({ scopes: granted }: Caller, scope: Scope): void {
  if (!granted.includes(scope)) throw new ApiError("forbidden", `It needs the scope '${scope}'.`);
}

/** Nobody grants what they lack. Throws `forbidden`, which names the first scope that the caller lacks. */
export function requireScopes(caller: Caller, needed: readonly Scope[]): void {
  for (const scope of needed) requireScope(caller, scope);
}
