import { type ChildProcess, execFile, spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** What a space has of its own, as flags of `unshare` and `nsenter`. */
export const NAMESPACES = ["--net", "--mount", "--pid", "--uts", "--ipc"] as const;

/** This computer's end of the cable to the machine of a supervisor. */
export const linkOf = (supervisor: number): string => `promptops${supervisor}`.slice(0, 15);

/** A set of namespaces: network, mounts, processes, host name. */
export class Space {
  constructor(
    readonly name: string,
    /** The first process in it, as this machine counts. When it ends, so do all others. */
    readonly pid: number,
    private readonly logs: string,
  ) {}

  /** The command that runs a command in the namespaces. */
  enter(command: readonly string[]): string[] {
    return ["nsenter", `--target=${this.pid}`, ...NAMESPACES, "--", ...command];
  }

  /** Runs a command to its end, and returns what it prints. */
  async run(...command: string[]): Promise<string> {
    const [program = "", ...args] = this.enter(command);
    return (await execute(program, args, { maxBuffer: 1 << 26 })).stdout;
  }

  /** Runs a command in the network alone, where process ids are those of this computer. */
  async runInNetwork(...command: string[]): Promise<void> {
    await execute("nsenter", [`--target=${this.pid}`, "--net", "--", ...command]);
  }

  /** Starts a program that ends with the namespaces, and logs to `<space>-<name>.log`. */
  start(name: string, ...command: string[]): ChildProcess {
    const log = openSync(this.#logOf(name), "a");
    const [program = "", ...args] = this.enter(command);
    const child = spawn(program, args, { stdio: ["ignore", log, log] });
    closeSync(log);
    return child;
  }

  /** The end of a program's log. */
  log(name: string, characters = 2000): string {
    return existsSync(this.#logOf(name)) ? readFileSync(this.#logOf(name), "utf8").slice(-characters) : "";
  }

  /** Ends every process in it at once, as a power cut does. */
  kill(): void {
    process.kill(this.pid, "SIGKILL");
  }

  #logOf(name: string): string {
    return join(this.logs, `${this.name}-${name}.log`);
  }
}
