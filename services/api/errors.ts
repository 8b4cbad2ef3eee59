/** Every error that the API answers with: code, status, and what it says. A code that was given out keeps its meaning. */
export const errors = {
  invalid_request: { status: 400, title: "The request does not match the API's schema." },
  unauthenticated: { status: 401, title: "The request has no valid API key or token." },
  forbidden: { status: 403, title: "The API key or token does not permit this request." },
  login_failed: { status: 401, title: "The organization, the e-mail address or the password is wrong." },
  issuer_token_refused: { status: 401, title: "The OIDC issuer's token was refused." },
  invitation_invalid: { status: 401, title: "The invitation does not exist, has expired or was already used." },
  tenant_suspended: { status: 403, title: "The tenant is suspended." },
  not_found: { status: 404, title: "The resource does not exist, or belongs to another tenant." },
  method_not_allowed: { status: 405, title: "The path does not support this method." },
  request_timeout: { status: 408, title: "The request was not received in time." },
  name_taken: { status: 409, title: "The name is already in use." },
  too_many_models: { status: 409, title: "The tenant has reached its maximum number of custom models." },
  limit_reached: { status: 409, title: "The maximum number of such resources is reached." },
  gate_not_passed: { status: 409, title: "The version has not reached the score that the label requires." },
  no_object_storage: { status: 409, title: "The environment has no object storage." },
  webhook_disabled: { status: 409, title: "The webhook is disabled." },
  already_ended: { status: 409, title: "The execution or experiment has already ended." },
  last_owner: { status: 409, title: "An organization must keep at least one owner who can log in." },
  already_accepted: { status: 409, title: "The user has already accepted the invitation." },
  no_password: { status: 409, title: "The user logs in through the OIDC issuer and has no password." },
  erased: { status: 409, title: "The tenant is being erased, or has been erased." },
  node_not_waiting: { status: 409, title: "The node is not waiting for this decision." },
  body_too_large: { status: 413, title: "The request body exceeds the maximum size." },
  prompt_too_large: { status: 413, title: "The prompt with its variables exceeds the maximum size." },
  unsupported_media_type: { status: 415, title: "The request body must be JSON." },
  variables_do_not_fit: { status: 422, title: "The variables do not match the prompt." },
  input_refused: { status: 422, title: "The variables violate a guardrail of the prompt." },
  unknown_model: { status: 422, title: "No endpoint serves the model." },
  execution_failed: { status: 424, title: "The execution failed or was cancelled." },
  idempotency_key_reused: { status: 422, title: "The Idempotency-Key was already used for a different request." },
  upgrade_required: {
    status: 426,
    title: "The route requires a WebSocket, or server-sent events with 'Accept: text/event-stream'.",
  },
  rate_limited: { status: 429, title: "The rate limit was exceeded." },
  too_many_executions: { status: 429, title: "The tenant has too many unfinished executions." },
  too_many_sessions: { status: 429, title: "The API key or user has too many sessions." },
  too_many_logins: { status: 429, title: "Too many logins are in progress, or were attempted for this user." },
  too_many_streams: { status: 429, title: "The tenant has too many open streams or exports." },
  too_many_bytes: { status: 429, title: "The prompts of the tenant's unfinished executions are too large." },
  budget_exceeded: { status: 429, title: "The tenant's budget for this month is exhausted." },
  deadline_unreachable: { status: 429, title: "The execution could not start before its deadline." },
  headers_too_large: { status: 431, title: "The request headers exceed the maximum size." },
  internal: { status: 500, title: "An internal error occurred." },
  unavailable: { status: 503, title: "A dependency of the service is unavailable. Try again." },
} as const satisfies Readonly<Record<string, { readonly status: number; readonly title: string }>>;

export type ErrorCode = keyof typeof errors;

/** What a handler throws: the code decides status and title, the detail says what is the matter this time. */
export class ApiError extends Error {
  constructor(
    readonly code: ErrorCode,
    readonly detail?: string,
    /** The seconds after which the same request may succeed. */
    readonly retryAfterSeconds?: number,
  ) {
    super(detail ?? errors[code].title);
  }
}

/** A login that failed, with whose it was to be: that is recorded, and not answered. */
export class LoginFailed extends ApiError {
  constructor(
    readonly tenant?: string,
    readonly user?: string,
  ) {
    super("login_failed");
  }
}

export interface FieldFault {
  /** Such as `body/messages/0/content`. */
  readonly path: string;
  readonly message: string;
}

/** Faults of a request that an answer names. One request can have as many as it has members. */
export const MAX_FAULTS = 100;
/** Characters of a path that an answer names. A request can have names, and nest, as long as it is. */
const MAX_PATH = 200;
const CUT = "\u2026";

/** The path of a member, shortened where it is long. */
export function memberPath(path: string, name: string): string {
  if (path.endsWith(CUT)) return path;
  const whole = `${path}/${name}`;
  return whole.length <= MAX_PATH ? whole : `${whole.slice(0, MAX_PATH)}${CUT}`;
}

/** A request whose fields are wrong. */
export class InvalidRequest extends Error {
  constructor(readonly faults: readonly FieldFault[]) {
    super(errors.invalid_request.title);
  }
}

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail?: string;
  /** What is wrong with which part of the request. */
  readonly faults?: readonly FieldFault[];
}

/** RFC 9457's document of an error. */
export function problem(code: ErrorCode, more: Pick<Problem, "detail" | "faults"> = {}): Problem {
  const { status, title } = errors[code];
  return { type: `urn:promptops:error:${code}`, title, status, code, ...more };
}
