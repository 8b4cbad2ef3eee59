import type { Log } from "../../runtime/log.ts";
import type { WakeUps } from "../ports.ts";
import { Publisher } from "../publisher.ts";
import { connectRedis, isConnected, publish, subscribeRedis } from "./connect.ts";

const CHANNEL = "promptops:executions-due";

/** Every worker hears each wake-up; a worker that looks already looks once more afterwards, however many it hears meanwhile. */
export function redisWakeUps(url: string, log: Log): WakeUps {
  const redis = connectRedis(url, log);
  const publisher = new Publisher(async () => {
    await publish(redis, CHANNEL, "");
  }, log);
  return {
    wake: () => {
      publisher.publish([CHANNEL]);
    },
    onWake: (wake) => subscribeRedis({ url, channel: CHANNEL, log }, { onMessage: wake, onListening: wake }),
    isConnected: () => isConnected(redis),
    close: async () => {
      await publisher.flush();
      redis.disconnect();
    },
  };
}
