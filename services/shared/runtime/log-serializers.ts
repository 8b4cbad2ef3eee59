import { UserError } from "../../../platform/faults.ts";

/** An error as a log line shows it. */
export interface LoggedError {
  readonly type: string;
  /** Only where it cannot repeat what a user sent. */
  readonly message?: string;
  /** SQLSTATE, or Node's code. */
  readonly code?: string;
  /** The status that a model's endpoint answered. */
  readonly status?: number;
  readonly table?: string;
  readonly constraint?: string;
  /** The frames alone: the header above them repeats the message. */
  readonly stack?: string;
  readonly cause?: LoggedError;
  readonly errors?: readonly LoggedError[];
}

/** Causes of causes that are shown. */
const MAX_DEPTH = 4;
/**
 * Postgres' classes of errors about connections, logins, databases, our own statements, resources and an operator's intervention. They
 * repeat no value: statements take values as parameters.
 */
const ABOUT_NO_VALUE = /^(08|28|3D|42|53|57)...$/;
const CODE = /^[A-Z0-9_]{1,60}$/;

/**
 * Serializers of what may repeat a user's words: an error's message, detail, hint, context and parameters, and a request's address,
 * headers and body. A message is shown if its class is known to repeat nothing, never because it looks harmless.
 */
export const serializers = {
  err: (error: unknown): LoggedError => serializeError(error, MAX_DEPTH),
  req: (request: { readonly method?: unknown; readonly routeOptions?: { readonly url?: unknown } }): object => ({
    method: textOf(request.method),
    route: textOf(request.routeOptions?.url),
  }),
  res: (reply: { readonly statusCode?: unknown }): object => ({ statusCode: Number(reply.statusCode) }),
};

function serializeError(error: unknown, depth: number): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code, status, table, constraint } = error as unknown as Partial<Record<string, unknown>>;
  const found = {
    message: repeatsNothing(error) ? error.message : undefined,
    code: typeof code === "string" && CODE.test(code) ? code : undefined,
    status: typeof status === "number" ? status : undefined,
    table: textOf(table),
    constraint: textOf(constraint),
    stack: framesOf(error),
    ...(depth > 0 && {
      cause: error.cause === undefined ? undefined : serializeError(error.cause, depth - 1),
      errors:
        error instanceof AggregateError
          ? error.errors.slice(0, MAX_DEPTH).map((each) => serializeError(each, depth - 1))
          : undefined,
    }),
  };
  const known = Object.entries(found).filter(([, value]) => value !== undefined && value !== "");
  return { type: error.constructor.name, ...(Object.fromEntries(known) as Omit<LoggedError, "type">) };
}

/** Our own errors, Node's about files and sockets, and Postgres' about no value. */
function repeatsNothing(error: Error): boolean {
  const { code, syscall, severity } = error as unknown as Partial<Record<string, unknown>>;
  if (typeof severity === "string") return typeof code === "string" && ABOUT_NO_VALUE.test(code);
  return Object.getPrototypeOf(error) === Error.prototype || error instanceof UserError || typeof syscall === "string";
}

function framesOf({ stack = "", message }: Error): string {
  const header = message === "" ? 0 : stack.indexOf(message) + message.length;
  return stack
    .slice(header)
    .split("\n")
    .filter((line) => line.startsWith("    at "))
    .join("\n");
}

const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
