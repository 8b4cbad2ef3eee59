import { ApiError } from "./errors.ts";

export const scopes = [
  "prompts:read",
  "prompts:write",
  "workflows:read",
  "workflows:write",
  "executions:read",
  "executions:write",
  "models:read",
  "models:write",
] as const;
export type Scope = (typeof scopes)[number];

/** Who sent a request, and what it may do. */
export interface Caller {
  readonly tenant: string;
  /** The id of the API key, or of the one that the session was made from. */
  readonly key: string;
  /** The session of the token. @default - the caller sent an API key */
  readonly session?: string;
  readonly scopes: readonly string[];
}

export function requireScope({ scopes: granted }: Caller, scope: Scope): void {
  if (!granted.includes(scope)) throw new ApiError("forbidden", `It needs the scope '${scope}'.`);
}
