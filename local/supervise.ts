import { type ChildProcess, spawn } from "node:child_process";

export interface SuperviseOptions {
  /** What it is told when this process ends or closes the child's input. */
  readonly signal: "INT" | "TERM";
  readonly env?: NodeJS.ProcessEnv;
  readonly uid?: number;
  readonly gid?: number;
}

/** Seconds after which a program that was told to end is ended: longer than any of our services takes to drain. */
const KILL_SECONDS = 40;

/**
 * Runs a program under a shell that reads from us: when we are gone, however, its input ends, and it ends the program. In a
 * group of its own: Ctrl-C is for us to hear, and for the program to be told of in its turn.
 */
export function supervise(
  program: string,
  args: readonly string[],
  { signal, env = process.env, uid, gid }: SuperviseOptions,
): ChildProcess {
  const stdio = ["pipe", "pipe", "pipe"] as const;
  if (process.platform === "win32") return spawn(program, args, { env, stdio: [...stdio] });
  const script = `exec 3<&0
"$@" </dev/null 3<&- & child=$!
(cat; kill -${signal} $child; sleep ${KILL_SECONDS}; kill -KILL $child) <&3 >/dev/null 2>&1 & reader=$!
exec 3<&-
wait $child; status=$?
kill $reader 2>/dev/null
exit $status`;
  return spawn("sh", ["-c", script, "supervisor", program, ...args], {
    cwd: uid === undefined ? process.cwd() : "/",
    detached: true,
    env,
    stdio: [...stdio],
    ...(uid !== undefined && { uid }),
    ...(gid !== undefined && { gid }),
  });
}
