import { Redis } from "ioredis";
import type { Log } from "../../runtime/log.ts";

/** Milliseconds between attempts to come back, at most. */
const MAX_PAUSE = 1_000;

export function connectRedis(url: string, log: Log): Redis {
  const redis = new Redis(url, {
    retryStrategy: (attempt) => Math.min(attempt * 100, MAX_PAUSE),
    maxRetriesPerRequest: null,
  });
  // Unheard, it would end the process; ioredis comes back by itself.
  redis.on("error", (error: Error) => {
    log.warn({ err: error }, "the Redis connection broke; reconnecting");
  });
  return redis;
}
