/** What a command is given. */
export interface Request {
  /** The folder of Pulumi.yaml. */
  readonly folder: string;
  /** Environments by name; all of them when empty. */
  readonly environments: readonly string[];
  readonly json: boolean;
}

/** 0: everything holds. 1: something does not. 2: the call or a file is wrong. */
export type ExitCode = 0 | 1 | 2;
