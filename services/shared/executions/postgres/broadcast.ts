import type { Database } from "../../database/pool.ts";
import { listen } from "../../database/listen.ts";
import type { Log } from "../../runtime/log.ts";
import type { Broadcast } from "../ports.ts";
import { Publisher } from "../publisher.ts";

const CHANNEL = "executions_changed";
/** A notification holds less than 8,000 bytes, and an id with its comma 37: so many fit with room to spare. */
const IDS_IN_ONE = 200;

/** Without Postgres nothing works, so being connected says nothing of its own here. */
export function postgresBroadcast(database: Database, url: string, log: Log): Broadcast {
  const publisher = new Publisher(async (executions) => {
    const payloads = Array.from({ length: Math.ceil(executions.length / IDS_IN_ONE) }, (_, index) =>
      executions.slice(index * IDS_IN_ONE, (index + 1) * IDS_IN_ONE).join(","),
    );
    await database.query({
      name: "broadcast",
      text: `SELECT pg_notify('${CHANNEL}', payload) FROM unnest($1::text[]) AS payload`,
      values: [payloads],
    });
  }, log);
  return {
    publish: (executions) => {
      publisher.publish(executions);
    },
    subscribe: (tell) =>
      listen(url, CHANNEL, {
        onPayload: (payload) => {
          payload.split(",").forEach(tell);
        },
        onConnect: () => {
          tell(undefined);
        },
        log,
      }),
    isConnected: () => true,
    close: () => publisher.flush(),
  };
}
