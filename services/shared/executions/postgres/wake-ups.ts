import type { Database } from "../../database/pool.ts";
import { listen } from "../../database/listen.ts";
import type { Log } from "../../runtime/log.ts";
import type { WakeUps } from "../ports.ts";

const CHANNEL = "executions_due";

export function postgresWakeUps(database: Database, url: string, log: Log): WakeUps {
  return {
    wake: async () => {
      await database.pool.query(`SELECT pg_notify('${CHANNEL}', '')`);
    },
    onWake: (wake) => listen(url, CHANNEL, { onPayload: wake, onConnect: wake, log }),
    close: () => Promise.resolve(),
  };
}
