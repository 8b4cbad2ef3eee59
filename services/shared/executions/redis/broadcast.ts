import type { Log } from "../../runtime/log.ts";
import type { Broadcast } from "../ports.ts";
import { Publisher } from "../publisher.ts";
import { connectRedis, isConnected, publish, subscribeRedis } from "./connect.ts";

const CHANNEL = "promptops:executions-changed";

export function redisBroadcast(url: string, log: Log): Broadcast {
  const redis = connectRedis(url, log);
  const publisher = new Publisher(async (executions) => {
    await publish(redis, CHANNEL, executions.join(","));
  }, log);
  return {
    publish: (executions) => {
      publisher.publish(executions);
    },
    subscribe: (tell) =>
      subscribeRedis(
        { url, channel: CHANNEL, log },
        {
          onMessage: (message) => {
            message.split(",").forEach(tell);
          },
          onListening: () => {
            tell(undefined);
          },
        },
      ),
    isConnected: () => isConnected(redis),
    close: async () => {
      await publisher.flush();
      redis.disconnect();
    },
  };
}
