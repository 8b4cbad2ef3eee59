import type { DatabaseServer, Plan } from "../plan/model/plan.ts";
import type { Proof } from "./proof.ts";

/** Postgres' default of `superuser_reserved_connections`. */
const RESERVED = 3;

export const fitsConnections: Proof = {
  name: "fits-connections",
  claim: "The connections that pods may open at maximum replicas, during a rollout, fit the Postgres server's limit.",
  examine(plan) {
    const server = serverOf(plan);
    const users = plan.expected.databaseUsers.map(({ workload, connections }) => {
      const pods = plan.podSources
        .filter(({ namespace, name }) => namespace === "application" && name === workload)
        .reduce((sum, { replicas, surge }) => sum + replicas.max + surge, 0);
      return { workload, pods, connections, total: pods * connections };
    });
    const total = users.reduce((sum, user) => sum + user.total, 0);
    const sum = users.map(({ workload, pods, connections }) => `${workload} ${pods} x ${connections}`).join(" + ");
    if (!server) {
      return {
        evidence: [],
        failures:
          total > 0 ? ["Pods connect to Postgres, but the plan has no server. Declare one under 'database'."] : [],
      };
    }
    const room = server.maxConnections - RESERVED;
    if (total <= room) return { evidence: [`${sum} = ${total} of ${room} (${server.name})`], failures: [] };
    return {
      evidence: [],
      failures: [
        `${server.name} accepts ${room} connections, but pods may open ${total} (${sum}). Choose a larger class ('database.needs') or fewer replicas.`,
      ],
    };
  },
};

function serverOf({ database, objects }: Plan): Omit<DatabaseServer, "standby"> | undefined {
  if (database) return database;
  for (const { manifest } of objects) {
    const { postgresql } = (manifest.spec ?? {}) as { postgresql?: { parameters?: { max_connections?: string } } };
    const limit = postgresql?.parameters?.max_connections;
    if (limit !== undefined)
      return { name: `${manifest.kind} ${manifest.metadata.name}`, maxConnections: Number(limit) };
  }
  return undefined;
}
