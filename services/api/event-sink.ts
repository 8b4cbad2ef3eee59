import type { ExecutionEvent } from "../shared/executions/events.ts";

/** Events that are sent before the client has to have taken them. */
export const BATCH = 100;
/** Milliseconds in which a client has to take a batch. Then it is cut off; it comes back and goes on where it was. */
export const MAX_WAIT = 30_000;

/** Why a client gets no more: it has all, the server goes away, or the caller may no longer follow. */
export type Ending = "end" | "goingAway" | "unauthenticated";

/** A client's connection that takes an execution's events. */
export interface EventSink {
  /**
   * Sends events in batches, each when the one before has left this process: what waits for a client is one batch at most, and other
   * clients are served between two of them. Closes after the last event of the execution. Resolves when all is sent, or nothing more can be.
   */
  send(events: readonly ExecutionEvent[]): Promise<void>;
  /** Keeps the connection from being taken for dead. */
  ping(): void;
  close(why: Ending): void;
  onClosed(listener: () => void): void;
}
