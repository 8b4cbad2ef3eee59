import type { Problem } from "../errors.ts";
import { type ChatError, chatError } from "./schemas.ts";

/** How a route declares that it may answer with an error in OpenAI's form. */
export const chatErrorResponse = {
  description: "An error in OpenAI's format.",
  content: { "application/json": { schema: chatError } },
};

/** Faults of a request that a message names. */
const MAX_FAULTS = 3;

/** OpenAI's types of errors, by status. */
const TYPES: Readonly<Record<number, string>> = {
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  429: "rate_limit_error",
};

/** A problem as OpenAI's clients read it. */
export function chatErrorOf({ status, title, code, detail, faults = [] }: Problem): ChatError {
  const named = faults.slice(0, MAX_FAULTS).map(({ path, message }) => `${path} ${message}`);
  return {
    error: {
      message: named.length > 0 ? named.join("; ") : (detail ?? title),
      type: TYPES[status] ?? (status >= 500 ? "server_error" : "invalid_request_error"),
      param: faults[0]?.path.replace(/^body\//, "") ?? null,
      code,
    },
  };
}
