import type { Database } from "../../database/pool.ts";
import { listen } from "../../database/listen.ts";
import type { Log } from "../../runtime/log.ts";
import type { WakeUps } from "../ports.ts";
import { Publisher } from "../publisher.ts";

const CHANNEL = "executions_due";

/** Without Postgres nothing works, so being connected says nothing of its own here. */
export function postgresWakeUps(database: Database, url: string, log: Log): WakeUps {
  const publisher = new Publisher(async () => {
    await database.query({ text: `SELECT pg_notify('${CHANNEL}', '')` });
  }, log);
  return {
    wake: () => {
      publisher.publish([CHANNEL]);
    },
    onWake: (wake) => listen(url, CHANNEL, { onPayload: wake, onConnect: wake, log }),
    isConnected: () => true,
    close: () => publisher.flush(),
  };
}
