import { cloudFacts } from "./clouds.ts";
import { postgresIsInCluster } from "./database.ts";
import type { Fault } from "./faults.ts";
import type { Rule } from "./rule.ts";

/** Keys that only a managed server has. */
const KEYS = ["generation", "restoreFrom", "retiring"] as const;

const onlyManagedServersAreRestored: Rule = ({ cloud, database }) => {
  if (!database || !postgresIsInCluster({ cloud, database })) return [];
  const rule = "has no meaning here: Postgres runs in the cluster, and its operator restores it. Remove it.";
  return KEYS.filter((key) => database[key] !== undefined).map((key) => ({ path: `database.${key}`, rule }));
};

const cloudRestoresIt: Rule = ({ cloud, database }) => {
  const { managedPostgres } = cloudFacts[cloud];
  const { snapshot, of } = database?.restoreFrom ?? {};
  if (!managedPostgres) return [];
  const faults: Fault[] = [];
  if (snapshot !== undefined && !managedPostgres.restoresFrom.includes("snapshot")) {
    const rule = `cannot be restored on ${cloud}, which only forks a server. Name 'pointInTime' and 'of'.`;
    faults.push({ path: "database.restoreFrom.snapshot", value: snapshot, rule });
  }
  if (of !== undefined && /^\d+$/.test(of) !== (managedPostgres.serverIds === "numbers")) {
    const rule = `must be ${SERVERS[managedPostgres.serverIds]} on ${cloud}. Correct it.`;
    faults.push({ path: "database.restoreFrom.of", value: of, rule });
  }
  return faults;
};

const SERVERS = {
  names: "the identifier of a server, or the ARN of its automated backups,",
  numbers: "the id of a server, a number,",
};

const generationsFollow: Rule = ({ database }) => {
  if (!database) return [];
  const { generation = 1, restoreFrom, retiring } = database;
  const faults: Fault[] = [];
  if (restoreFrom && ![generation, generation + 1].includes(restoreFrom.generation)) {
    const rule = `must be ${generation + 1}, for a server beside the one that services use, or ${generation}, for that one. Correct it.`;
    faults.push({ path: "database.restoreFrom.generation", value: restoreFrom.generation, rule });
  }
  if (retiring && generation === 1) {
    const rule = "must be at least 2 where 'retiring' keeps the one before it. Raise it, or remove 'retiring'.";
    faults.push({ path: "database.generation", value: generation, rule });
  }
  return faults;
};

export const restoreRules: readonly Rule[] = [onlyManagedServersAreRestored, cloudRestoresIt, generationsFollow];
