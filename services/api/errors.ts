/** Every error that the API answers with: code, status, and what it says. A code that was given out keeps its meaning. */
export const errors = {
  invalid_request: { status: 400, title: "The request does not have the form that the API describes." },
  unauthenticated: { status: 401, title: "No valid API key or token was sent." },
  forbidden: { status: 403, title: "The key or token has no scope for this." },
  login_failed: { status: 401, title: "The organization, the e-mail address or the password is wrong." },
  issuer_token_refused: { status: 401, title: "The issuer's token opens nothing here." },
  invitation_invalid: { status: 401, title: "The invitation is unknown, expired or used." },
  tenant_suspended: { status: 403, title: "The tenant is suspended." },
  not_found: { status: 404, title: "There is no such thing, or it is another tenant's." },
  method_not_allowed: { status: 405, title: "The path has no such method." },
  request_timeout: { status: 408, title: "The request did not arrive in time." },
  name_taken: { status: 409, title: "The name is taken." },
  too_many_models: { status: 409, title: "The tenant has as many models of its own as it may." },
  already_ended: { status: 409, title: "The execution has ended already." },
  last_owner: { status: 409, title: "An organization keeps one owner who can log in." },
  already_accepted: { status: 409, title: "The user has accepted the invitation already." },
  no_password: { status: 409, title: "The user logs in at the issuer, and has no password here." },
  erased: { status: 409, title: "The tenant is erased, or is being erased." },
  node_not_waiting: { status: 409, title: "The node does not wait for this decision." },
  body_too_large: { status: 413, title: "The body is larger than the service takes." },
  prompt_too_large: { status: 413, title: "The prompt is too large with its variables put in." },
  unsupported_media_type: { status: 415, title: "The API takes JSON." },
  variables_do_not_fit: { status: 422, title: "The variables do not fit the prompt." },
  input_refused: { status: 422, title: "The variables break a guardrail of the prompt." },
  unknown_model: { status: 422, title: "No endpoint serves the model." },
  execution_failed: { status: 424, title: "The execution failed or was cancelled." },
  idempotency_key_reused: { status: 422, title: "The Idempotency-Key was used for another request." },
  upgrade_required: {
    status: 426,
    title: "The route speaks WebSocket, or sends events to who accepts text/event-stream.",
  },
  rate_limited: { status: 429, title: "Too many requests." },
  too_many_executions: { status: 429, title: "Too many executions wait or run already." },
  too_many_sessions: { status: 429, title: "The API key or user has too many sessions." },
  too_many_logins: { status: 429, title: "Too many logins are being checked, or were tried for this user." },
  too_many_streams: { status: 429, title: "The tenant has too many streams open." },
  too_many_bytes: { status: 429, title: "The prompts that wait or run are too large already." },
  budget_exceeded: { status: 429, title: "The tenant's budget of this month is spent." },
  deadline_unreachable: { status: 429, title: "The execution could not start before its deadline." },
  headers_too_large: { status: 431, title: "The request's headers are larger than the service takes." },
  internal: { status: 500, title: "Something went wrong here." },
  unavailable: { status: 503, title: "The service cannot reach what it needs. Try again." },
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
