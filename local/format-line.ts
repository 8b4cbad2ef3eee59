const WIDTH = 16;
/** What every line of a process has alike. */
const LEFT_OUT = new Set(["level", "time", "service", "pid", "msg", "trace_id", "span_id"]);

/** A service's JSON log line for the eyes: `09:30:01 worker-1  info  attempt ended  execution=...`. */
export function formatLine(service: string, line: string): string {
  const name = service.padEnd(WIDTH);
  let entry: Record<string, unknown>;
  try {
    entry = JSON.parse(line) as Record<string, unknown>;
  } catch {
    return `         ${name} ${line}`;
  }
  const { time, level, msg, err, pid } = entry;
  const at = (typeof time === "string" ? new Date(time) : new Date()).toTimeString().slice(0, 8);
  const more = Object.entries(entry)
    .filter(([key]) => !LEFT_OUT.has(key) && key !== "err")
    .map(([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  // Once is enough, for whoever wants to look at the process, or to kill it and see what happens.
  if (msg === "started") more.push(`pid=${String(pid)}`);
  const cause = typeof err === "object" && err !== null && "message" in err ? [`(${String(err.message)})`] : [];
  return [at, name, String(level).padEnd(5), String(msg), ...cause, ...more].join(" ");
}
