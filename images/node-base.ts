import { spawnSync } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { UserError } from "../platform/faults.ts";
import { NODE_USER } from "../platform/security-context.ts";
import type { Architecture } from "./oci-layout.ts";
import { sourceOf, type TarEntry } from "./tar.ts";

/** What an image without Docker stands on: Node.js and the libraries that it loads, from this machine. */
export interface NodeBase {
  /** As `node --version` says it, without the v. */
  readonly version: string;
  readonly architecture: Architecture;
  readonly entries: readonly TarEntry[];
}

/** Where Node.js is in its official images too. */
const NODE = "usr/local/bin/node";
/** Certificates of authorities, by distribution; Node.js has its own, other programs do not. */
const CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt";
const files = {
  "etc/passwd": `root:x:0:0:root:/root:/sbin/nologin\nnode:x:${NODE_USER}:${NODE_USER}::/home/node:/sbin/nologin\n`,
  "etc/group": `root:x:0:\nnode:x:${NODE_USER}:\n`,
  "etc/nsswitch.conf": "hosts: files dns\n",
};
/** The variables that Node.js' official images set. */
export const BASE_ENV = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" } as const;

const byProcess: Readonly<Partial<Record<NodeJS.Architecture, Architecture>>> = { x64: "amd64", arm64: "arm64" };

/**
 * Reads a Node.js program of this machine with the libraries that `ldd` names. Throws a UserError where that does not make a base:
 * on another system than Linux, and for a file that is not Node.js.
 */
export function readNodeBase(program: string): NodeBase {
  const architecture = byProcess[process.arch];
  if (process.platform !== "linux" || !architecture) {
    throw new UserError(
      `An image cannot be made of this machine's Node.js (${process.platform}, ${process.arch}): it takes Linux on x64 or arm64. Use --docker.`,
    );
  }
  const node = run(program, "--version").trim();
  if (!/^v\d+\.\d+\.\d+/.test(node))
    throw new UserError(`${program} is not Node.js: it says '${node}'. Name another file.`);
  const libraries = librariesIn(run("ldd", program));
  return {
    version: node.slice(1),
    architecture,
    entries: [
      fileOf(program, NODE, 0o755),
      ...libraries.map((library) => fileOf(library, library.slice(1), 0o755)),
      ...(existsSync(CERTIFICATES) ? [fileOf(CERTIFICATES, CERTIFICATES.slice(1), 0o644)] : []),
      ...Object.entries(files).map(([path, text]) => ({ kind: "file", path, content: Buffer.from(text) }) as const),
      { kind: "folder", path: "tmp", mode: 0o1777 },
    ],
  };
}

/** `libm.so.6 => /lib/libm.so.6 (0x...)`, and the loader by its own path. */
export const librariesIn = (listed: string): string[] => [...new Set(listed.match(/\/\S+(?= \(0x)/g))].toSorted();

const fileOf = (file: string, path: string, mode: number): TarEntry => ({
  kind: "file",
  path,
  mode,
  content: sourceOf(realpathSync(file)),
});

function run(program: string, ...args: string[]): string {
  const { status, stdout, error } = spawnSync(program, args, { encoding: "utf8" });
  if (error || status !== 0) {
    throw new UserError(
      `'${program} ${args.join(" ")}' failed${error ? `: ${error.message}` : ""}. Name a Node.js for Linux.`,
    );
  }
  return stdout;
}
