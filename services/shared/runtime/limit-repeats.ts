import type { LoggerOptions } from "pino";

/** Milliseconds in which a warning is written once. */
const WINDOW = 60_000;
const WARN = 40;

interface Window {
  /** Lines that were left out. */
  repeated: number;
}

type LogMethod = NonNullable<NonNullable<LoggerOptions["hooks"]>["logMethod"]>;

/**
 * Writes a warning about an error when it begins, and then once a minute with how often it was `repeated`, for as long as it recurs:
 * a database that is away would fill the logs otherwise. Warnings are the same if their text and the class and code of their errors are.
 */
export function limitRepeats(window = WINDOW): LogMethod {
  const windows = new Map<string, Window>();
  return function (args, method, level): void {
    const [entry, text] = args as unknown as [unknown, unknown];
    const error =
      level === WARN && typeof entry === "object" && entry !== null && "err" in entry ? entry.err : undefined;
    if (error === undefined) {
      method.apply(this, args);
      return;
    }
    const key = `${String(text)} ${describe(error)}`;
    const open = windows.get(key);
    if (open) {
      open.repeated += 1;
      return;
    }
    method.apply(this, args);
    const begin = (): void => {
      const current: Window = { repeated: 0 };
      windows.set(key, current);
      setTimeout(() => {
        windows.delete(key);
        if (current.repeated === 0) return;
        method.call(this, { ...(entry as object), repeated: current.repeated }, String(text));
        begin();
      }, window).unref();
    };
    begin();
  };
}

function describe(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown };
  return `${String(name)} ${String(code)}`;
}
