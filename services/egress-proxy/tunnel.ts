import type { Socket } from "node:net";
import { type Duplex, pipeline } from "node:stream";

export interface TunnelTimes {
  /** Milliseconds without a byte in either direction. */
  readonly idle: number;
  /** Milliseconds from its opening. */
  readonly longest: number;
}

/** Copies bytes in both directions until both ends have ended, one breaks, or the time is over. Resolves when both are closed. */
export async function tunnel(client: Duplex, origin: Socket, { idle, longest }: TunnelTimes): Promise<void> {
  const destroy = (): void => {
    client.destroy();
    origin.destroy();
  };
  // Each byte passes through the origin's socket, whichever way it goes.
  origin.setTimeout(idle, destroy);
  const timer = setTimeout(destroy, longest);
  await Promise.all([copy(client, origin, destroy), copy(origin, client, destroy)]);
  clearTimeout(timer);
  destroy();
}

const copy = (from: Duplex, to: Duplex, onBroken: () => void): Promise<void> =>
  new Promise((resolve) => {
    pipeline(from, to, (error) => {
      if (error) onBroken();
      resolve();
    });
  });
