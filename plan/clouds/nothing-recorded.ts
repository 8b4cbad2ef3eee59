import type { CloudSafety } from "../model/safety.ts";

/** The safety of a cluster whose owner made everything. */
export const nothingRecorded: CloudSafety = {
  stores: [],
  holders: [],
  retentions: [],
  databases: [],
  entrances: [],
  identities: [],
  networks: [],
  buckets: [],
  values: [],
  faults: [],
};
