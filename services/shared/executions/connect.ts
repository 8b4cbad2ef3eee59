import { DATABASE_URL } from "../database/contract.ts";
import type { Database } from "../database/pool.ts";
import type { Log } from "../runtime/log.ts";
import type { Settings } from "../runtime/settings.ts";
import { REDIS_URL } from "./contract.ts";
import type { Broadcast, WakeUps } from "./ports.ts";
import { postgresBroadcast } from "./postgres/broadcast.ts";
import { postgresWakeUps } from "./postgres/wake-ups.ts";
import { redisBroadcast } from "./redis/broadcast.ts";
import { redisWakeUps } from "./redis/wake-ups.ts";

type Secrets = Pick<Settings, "secret" | "optionalSecret">;

/** Redis where its address is among the secrets, else Postgres, which is there in any case. */
export function connectPorts(
  settings: Secrets,
  database: Database,
  log: Log,
): { wakeUps: WakeUps; broadcast: Broadcast } {
  const redis = settings.optionalSecret(REDIS_URL);
  return {
    wakeUps: connectWakeUps(settings, database, log),
    broadcast:
      redis === undefined
        ? postgresBroadcast(database, settings.secret(DATABASE_URL), log)
        : redisBroadcast(redis, log),
  };
}

/** The same for who only tells workers that something is due. */
export function connectWakeUps({ secret, optionalSecret }: Secrets, database: Database, log: Log): WakeUps {
  const redis = optionalSecret(REDIS_URL);
  return redis === undefined ? postgresWakeUps(database, secret(DATABASE_URL), log) : redisWakeUps(redis, log);
}
