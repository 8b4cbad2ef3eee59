import type { Cloud } from "../platform/clouds.ts";

/** What a command is given. */
export interface Request {
  /** The folder of Pulumi.yaml. */
  readonly folder: string;
  /** Environments by name; all of them when empty. */
  readonly environments: readonly string[];
  readonly json: boolean;
  /** Whether a difference is written for a pull request. */
  readonly markdown: boolean;
  /** The cloud on which they are looked at. @default - each one's own */
  readonly cloud?: Cloud;
  /** The folder of rendered objects. */
  readonly output?: string;
}

/** 0: everything holds. 1: something does not. 2: the call or a file is wrong. */
export type ExitCode = 0 | 1 | 2;
