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

/** Redis where its address is among the secrets, else Postgres, which is there in any case. */
export function connectPorts(
  { secret, optionalSecret }: Settings,
  database: Database,
  log: Log,
): { wakeUps: WakeUps; broadcast: Broadcast } {
  const redis = optionalSecret(REDIS_URL);
  if (redis !== undefined) return { wakeUps: redisWakeUps(redis, log), broadcast: redisBroadcast(redis, log) };
  const url = secret(DATABASE_URL);
  return { wakeUps: postgresWakeUps(database, url, log), broadcast: postgresBroadcast(database, url, log) };
}
