import { spawn } from "node:child_process";
import { until } from "../../services/stack.ts";

export interface Daemon {
  readonly stop: () => Promise<void>;
}

/** Starts a program that serves until it is stopped; resolves when `ready` does not throw. */
export async function startDaemon(program: string, args: readonly string[], ready: () => void): Promise<Daemon> {
  let output = "";
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (output = `${output}${chunk.toString()}`.slice(-4000)));
  child.once("error", (error) => (output += String(error)));
  const ended = new Promise<void>((resolve) => {
    child.once("close", () => {
      resolve();
    });
  });
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    await ended;
  };
  try {
    await until(`${program} to answer`, () => {
      if (child.exitCode !== null || child.pid === undefined) throw new Error(`${program} ended:\n${output}`);
      return Promise.resolve(succeeds(ready));
    });
    return { stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function succeeds(work: () => void): true | undefined {
  try {
    work();
    return true;
  } catch {
    return undefined;
  }
}
