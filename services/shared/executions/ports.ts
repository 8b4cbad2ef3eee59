/** What was acquired and has to be let go. */
export interface Subscription {
  readonly stop: () => Promise<void>;
}

/** What both ports have in common. Nothing that a caller does with one waits for the server behind it, or fails with it. */
interface Port {
  /** Whether the server was there when it was last asked. Without it nothing is lost: those who listen look for themselves. */
  readonly isConnected: () => boolean;
  /** Lets what was said go out, if it can, and closes the connections. */
  readonly close: () => Promise<void>;
}

/**
 * Tells workers that something is due. It may tell twice, late, or never: the rows are the truth, and workers look for
 * themselves too.
 */
export interface WakeUps extends Port {
  readonly wake: () => void;
  /** Calls back at each wake-up, and whenever one may have been missed. */
  readonly onWake: (wake: () => void) => Promise<Subscription>;
}

/**
 * Tells every API replica which executions have new events. It carries ids and nothing else: what happened stands in the
 * rows, so nothing is lost with a message, and none is too long.
 */
export interface Broadcast extends Port {
  readonly publish: (executions: readonly string[]) => void;
  /** Calls back with ids, and with `undefined` whenever some may have been missed. */
  readonly subscribe: (tell: (execution: string | undefined) => void) => Promise<Subscription>;
}
