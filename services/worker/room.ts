import { STREAMS_PER_WORKER } from "../../platform/catalogue/throughput.ts";
import type { Room } from "../shared/executions/claim.ts";
import type { Lease } from "../shared/executions/lease.ts";
import type { Endpoint } from "../shared/models/endpoints.ts";

/** Of the executions that a worker streams at once, those at endpoints that tenants brought, and those of one tenant: an endpoint that never answers holds no more. */
const MAX_CUSTOM_AT_ONCE = 128;
const MAX_CUSTOM_PER_TENANT = 32;
/** Workflows that one worker advances at once. One that waits is no worker's. */
const MAX_WORKFLOWS_AT_ONCE = 32;
/** Executions with which a worker was lost. */
const MAX_SUSPECTS = 32;

/** What a worker runs. */
export interface Held {
  readonly lease: Pick<Lease, "losses">;
  /** Of the model that is asked; undefined for a workflow. */
  readonly endpoint: Pick<Endpoint, "tenant"> | undefined;
}

/**
 * What a worker may take for an endpoint, or of workflows, beside what it runs: of executions with which workers were lost few, so that
 * the one that kills them is soon found.
 */
export function roomFor(of: Pick<Endpoint, "tenant"> | undefined, held: readonly Held[]): Omit<Room, "worker"> {
  const losses = held.map(({ lease }) => lease.losses);
  return {
    all: of ? promptsLeft(of, held) : MAX_WORKFLOWS_AT_ONCE - held.filter(({ endpoint }) => !endpoint).length,
    suspects: Math.max(0, MAX_SUSPECTS - losses.filter((count) => count === 1).length),
    primes: losses.some((count) => count > 1) ? 0 : 1,
  };
}

function promptsLeft({ tenant }: Pick<Endpoint, "tenant">, held: readonly Held[]): number {
  const prompts = held.flatMap(({ endpoint }) => endpoint ?? []);
  const left = STREAMS_PER_WORKER - prompts.length;
  if (tenant === undefined) return left;
  const custom = prompts.filter((endpoint) => endpoint.tenant !== undefined);
  const own = custom.filter((endpoint) => endpoint.tenant === tenant);
  return Math.min(left, MAX_CUSTOM_AT_ONCE - custom.length, MAX_CUSTOM_PER_TENANT - own.length);
}
