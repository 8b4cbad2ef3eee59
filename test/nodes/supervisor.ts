// Holds the namespaces of a machine for tests, and outlives the test that uses them:
//   supervisor FOLDER PROGRAM ARGUMENT...
// It runs the program as the first process of new namespaces, prints its process id and waits until its standard input ends,
// which it does however the test ends. Then it kills the program, with which the kernel ends every other process of the machine
// and takes its mounts and networks away, and removes what is left on this machine: a link, cgroups, and the folder.
import { spawn, spawnSync } from "node:child_process";
import { openSync, rmSync } from "node:fs";
import { join } from "node:path";
import { removeCgroups } from "./cgroups.ts";
import { childOf } from "./processes.ts";
import { linkOf, NAMESPACES } from "./space.ts";

const [folder = "", ...program] = process.argv.slice(2);
// When this process is killed, so is `unshare`, and with it the machine.
const unshare = spawn("setpriv", ["--pdeathsig=KILL", "unshare", ...NAMESPACES, "--fork", "--kill-child", ...program], {
  stdio: ["ignore", "ignore", openSync(join(folder, "unshare.log"), "a")],
});
const ended = new Promise<void>((resolve) => unshare.once("exit", () => resolve()));
const machine = await childOf(unshare.pid ?? 0);
process.stdout.write(`${machine}\n`);

const stop = (): void => void process.kill(machine, "SIGKILL");
process.stdin.resume().once("close", stop);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
await ended;
spawnSync("ip", ["link", "delete", linkOf(process.pid)]);
await removeCgroups(process.pid);
rmSync(folder, { recursive: true, force: true });
process.exit(0);
