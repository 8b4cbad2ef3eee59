import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { Redis } from "ioredis";
import type { Log } from "../../runtime/log.ts";
import type { Subscription } from "../ports.ts";

/** Milliseconds between attempts to come back, at most. */
const MAX_PAUSE = 1_000;
/** Milliseconds after which a server that does not answer is taken for lost. */
const ANSWER_TIMEOUT = 1_000;
/** Milliseconds between questions whether it still answers: a server that is frozen closes no connection. */
const PING_PAUSE = 2_000;

/**
 * A connection that comes back by itself. Whatever is asked while it is lost fails at once, and what is not answered in a second
 * fails then, with the connection.
 */
export function connectRedis(url: string, log: Log): Redis {
  const redis = new Redis(url, {
    retryStrategy: (attempt) => Math.min(attempt * 100, MAX_PAUSE),
    connectTimeout: ANSWER_TIMEOUT,
    commandTimeout: ANSWER_TIMEOUT,
    enableOfflineQueue: false,
    autoResubscribe: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
  });
  let lost = false;
  // Unheard, it would end the process.
  redis.on("error", (error: Error) => {
    if (!lost) log.warn({ err: error }, "the Redis connection broke; reconnecting");
    lost = true;
  });
  redis.on("ready", () => {
    if (lost) log.info("the Redis connection is back");
    lost = false;
  });
  const pinging = setInterval(() => {
    if (!isConnected(redis)) return;
    redis.ping().catch((error: unknown) => {
      if (!lost) log.warn({ err: error }, "Redis does not answer; reconnecting");
      lost = true;
      redis.disconnect(true);
    });
  }, PING_PAUSE);
  redis.on("end", () => {
    clearInterval(pinging);
  });
  return redis;
}

/** Publishes once there is a connection. Throws when there is none within a second. */
export async function publish(redis: Redis, channel: string, message: string): Promise<void> {
  if (!isConnected(redis)) await once(redis, "ready", { signal: AbortSignal.timeout(ANSWER_TIMEOUT) });
  await redis.publish(channel, message);
}

export const isConnected = ({ status }: Redis): boolean => status === "ready";

/**
 * Hears a channel on a connection of its own, for as long as it is wanted. Resolves when it listens, or when the server does not
 * answer: then it listens as soon as it does. `onListening` is called each time: what was said before is lost.
 */
export async function subscribeRedis(
  { url, channel, log }: { url: string; channel: string; log: Log },
  { onMessage, onListening }: { onMessage: (message: string) => void; onListening: () => void },
): Promise<Subscription> {
  const redis = connectRedis(url, log);
  redis.on("message", (_channel: string, message: string) => {
    onMessage(message);
  });
  const tried = new Promise<void>((resolve) => {
    redis.on("close", resolve);
    redis.on("ready", () => {
      redis.subscribe(channel).then(
        () => {
          onListening();
          resolve();
        },
        (error: unknown) => {
          log.warn({ err: error, channel }, "Redis did not take a subscription; reconnecting");
          redis.disconnect(true);
        },
      );
    });
  });
  await Promise.race([tried, pause(ANSWER_TIMEOUT)]);
  return {
    stop: () => {
      redis.disconnect();
      return Promise.resolve();
    },
  };
}
