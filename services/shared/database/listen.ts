import { Client } from "pg";
import type { Log } from "../runtime/log.ts";
import { connectionString } from "./connection-string.ts";

/** Milliseconds between attempts to come back. */
const PAUSE = 500;

export interface Listener {
  readonly stop: () => Promise<void>;
}

/**
 * Hears a channel's notifications for as long as it is wanted, on a connection of its own. A connection that breaks is made
 * anew; what was said meanwhile is lost, so `onConnect` tells the caller to look for itself, each time.
 */
export async function listen(
  url: string,
  channel: string,
  { onPayload, onConnect, log }: { onPayload: (payload: string) => void; onConnect: () => void; log: Log },
): Promise<Listener> {
  let client: Client | undefined;
  let stopped = false;
  let again: NodeJS.Timeout | undefined;

  // What is let go may be broken already: that it is closed is all that is wanted.
  const letGo = (of: Client): Promise<void> =>
    of.end().catch((error: unknown) => {
      log.debug({ err: error, channel }, "a listening connection was closed before it was let go");
    });

  const connect = async (): Promise<void> => {
    const next = new Client({ connectionString: connectionString(url), keepAlive: true });
    let lost = false;
    const onLost = (error?: Error): void => {
      if (lost) return;
      lost = true;
      if (stopped) return;
      log.warn({ err: error, channel }, "the listening connection broke; reconnecting");
      again = setTimeout(() => void connect(), PAUSE);
    };
    next.on("error", onLost);
    next.on("end", () => {
      onLost();
    });
    next.on("notification", ({ payload }) => {
      onPayload(payload ?? "");
    });
    try {
      await next.connect();
      await next.query(`LISTEN ${next.escapeIdentifier(channel)}`);
    } catch (error) {
      onLost(error as Error);
      await letGo(next);
      return;
    }
    client = next;
    // Stopped while it connected: nobody else would close it.
    if (stopped) await next.end();
    else onConnect();
  };

  await connect();
  return {
    stop: async () => {
      stopped = true;
      clearTimeout(again);
      if (client) await letGo(client);
    },
  };
}
