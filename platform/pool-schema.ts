import { z } from "zod";
import { flag, quantity, set, sorted, text, whole } from "./schema.ts";

export const zoneSet = set(text(/^[a-z][-a-z0-9]*$/, "the name of a zone", "eu-central-1a"), {
  list: "a list of zones. Write it like [eu-central-1a, eu-central-1b]",
  twice: "name a zone",
});
/** Some of the environment's zones. */
export const someZones = zoneSet.min(1, { error: "must name at least one zone." }).transform(sorted);

/** Three digits: names of nodes and groups hold it. */
const MAX_GENERATION = 999;

const nodeCount = z
  .strictObject({ min: whole(0, 1000, "a number of nodes"), max: whole(1, 1000, "a number of nodes") })
  .refine(({ min, max }) => min <= max, {
    path: ["min"],
    error: "must not exceed 'max'. Lower one or raise the other.",
  });

/** What decides a pool's machine and shape: changed in a new generation, and not in place. */
const poolShape = {
  /** A machine type from the cloud's catalogue; else `needs` picks one. */
  type: text(/^[a-z0-9][-.a-z0-9]*$/, "a machine type", "m6i.xlarge").optional(),
  needs: z
    .strictObject({
      vcpu: whole(1, 256, "a number of vCPU"),
      memory: quantity("memory", "16Gi", {
        min: "2Gi",
        because: "a node with less has no room for pods beside the kubelet and what runs on every node",
      }),
      gpus: whole(0, 16, "a number of GPUs").optional(),
    })
    .optional(),
  nodes: nodeCount,
  /** A preference: capacity that the cloud may take back, at a lower price. @default false */
  spot: flag.optional(),
  /** Taints the nodes, so that only pods that ask for this pool run on it. Nodes with GPUs are always tainted. @default false */
  dedicated: flag.optional(),
  /** Those of the environment's zones over which the pool spreads. @default all of them */
  zones: someZones.optional(),
};

const decidesMachine = ({ type, needs }: { type?: unknown; needs?: unknown }): boolean =>
  (type === undefined) !== (needs === undefined);
const oneMachine = {
  path: ["needs"],
  error: "set either 'type' or 'needs', so that exactly one of them decides the machine.",
};

const generation = whole(1, MAX_GENERATION, "a number of a generation");

const drained = z.strictObject({
  generation,
  at: text(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, "a time in UTC", "2026-11-28T18:00:00Z"),
  nodes: z.array(text(/^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/, "the name of a node", "ip-10-20-0-7.internal")),
});

export const pool = z
  .strictObject({
    ...poolShape,
    /** Raised by one for another machine or shape, with the old one under `retiring`. @default 1 */
    generation: generation.optional(),
    /** The generation before this one. Its nodes take no new pods. @default - there is none */
    retiring: z.strictObject(poolShape).refine(decidesMachine, oneMachine).optional(),
    /**
     * The last generation on whose nodes no pod was left but those of DaemonSets. Written by `promptops pools drain` alone, and
     * kept: only then may its nodes be deleted. @default - none was drained
     */
    drained: drained.optional(),
  })
  .refine(decidesMachine, oneMachine);

export type Pool = z.output<typeof pool>;
/** What a generation of a pool is made of. */
export type PoolShape = Omit<Pool, "generation" | "retiring" | "drained">;
