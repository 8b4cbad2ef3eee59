import type { Log } from "../../runtime/log.ts";
import type { Broadcast } from "../ports.ts";
import { connectRedis } from "./connect.ts";

const CHANNEL = "promptops:executions-changed";

export function redisBroadcast(url: string, log: Log): Broadcast {
  const publisher = connectRedis(url, log);
  return {
    publish: async (executions) => {
      if (executions.length > 0) await publisher.publish(CHANNEL, executions.join(","));
    },
    subscribe: async (tell) => {
      const subscriber = connectRedis(url, log);
      subscriber.on("message", (_channel: string, message: string) => {
        message.split(",").forEach(tell);
      });
      await subscriber.subscribe(CHANNEL);
      // ioredis subscribes again by itself when it has come back.
      subscriber.on("ready", () => {
        tell(undefined);
      });
      return {
        stop: () => {
          subscriber.disconnect();
          return Promise.resolve();
        },
      };
    },
    close: () => {
      publisher.disconnect();
      return Promise.resolve();
    },
  };
}
