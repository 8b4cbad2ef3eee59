/** What was acquired and has to be let go. */
export interface Subscription {
  readonly stop: () => Promise<void>;
}

/**
 * Tells workers that something is due. It may tell twice, late, or never: the rows are the truth, and workers look for
 * themselves too.
 */
export interface WakeUps {
  readonly wake: () => Promise<void>;
  /** Calls back at each wake-up, and whenever one may have been missed. */
  readonly onWake: (wake: () => void) => Promise<Subscription>;
  readonly close: () => Promise<void>;
}

/**
 * Tells every API replica which executions have new events. It carries ids and nothing else: what happened stands in the
 * rows, so nothing is lost with a message, and none is too long.
 */
export interface Broadcast {
  readonly publish: (executions: readonly string[]) => Promise<void>;
  /** Calls back with ids, and with `undefined` whenever some may have been missed. */
  readonly subscribe: (tell: (execution: string | undefined) => void) => Promise<Subscription>;
  readonly close: () => Promise<void>;
}
