import { postgresClasses } from "../platform/catalogue/postgres.ts";
import { knownText } from "../plan/model/recorded.ts";
import type { Plan } from "../plan/model/plan.ts";
import type { Proof } from "./proof.ts";

/** Kept by Postgres for superusers: superuser_reserved_connections. */
const RESERVED = 3;

interface Server {
  readonly name: string;
  readonly most: number;
}

export const fitsConnections: Proof = {
  name: "fits-connections",
  claim: "All connections that pods may hold at maximum replicas, a rollout under way, fit the Postgres server.",
  examine(plan) {
    const server = serverOf(plan);
    const users = plan.wanted.databaseUsers.map(({ workload, connections }) => {
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
        failures: total > 0 ? ["There is no Postgres server, and pods want to connect to one."] : [],
      };
    }
    const room = server.most - RESERVED;
    if (total <= room) return { evidence: [`${sum} = ${total} of ${room} (${server.name})`], failures: [] };
    return {
      evidence: [],
      failures: [
        `${server.name} takes ${room} connections, and pods may hold ${total} (${sum}). Take a larger class ('database.needs'), or fewer replicas.`,
      ],
    };
  },
};

function serverOf({ resources, objects }: Plan): Server | undefined {
  for (const resource of resources) {
    if (resource.type === "aws:rds/instance:Instance" && !("replicateSourceDb" in resource.inputs)) {
      return ofClass("aws", knownText(resource, "instanceClass"));
    }
    if (resource.type === "linode:index/databasePostgresqlV2:DatabasePostgresqlV2") {
      return ofClass("linode", knownText(resource, "type"));
    }
  }
  for (const { manifest } of objects) {
    const { postgresql } = (manifest.spec ?? {}) as { postgresql?: { parameters?: { max_connections?: string } } };
    const most = postgresql?.parameters?.max_connections;
    if (most !== undefined) return { name: `${manifest.kind} ${manifest.metadata.name}`, most: Number(most) };
  }
  return undefined;
}

function ofClass(cloud: string, name: string): Server {
  const row = postgresClasses.find((each) => each.cloud === cloud && each.name === name);
  if (!row) throw new Error(`Postgres class '${name}' of ${cloud} is not in the catalogue.`);
  return { name, most: row.maxConnections };
}
