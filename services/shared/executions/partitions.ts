import type { Database } from "../database/pool.ts";

/** Seconds between looks for missing partitions. There are two weeks of them ahead. */
export const PARTITION_SECONDS = 3_600;

/** Makes the partitions of events for the days ahead; returns the names of those that were missing. */
export async function createEventPartitions(database: Database): Promise<string[]> {
  const { rows } = await database.query<{ name: string }>({
    text: "SELECT name FROM create_event_partitions() AS name",
  });
  return rows.map(({ name }) => name);
}
