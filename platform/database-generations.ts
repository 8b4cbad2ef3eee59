import type { Environment } from "./environment.ts";

/** What a managed database server is restored from, and as which generation. */
export type Restore = NonNullable<Environment["database"]["restoreFrom"]>;

/** One of the managed database servers of an environment. Usually there is one. */
export interface DatabaseGeneration {
  readonly generation: number;
  /** `serves`: services use it. `restored`: it is beside that one, to be verified. `retires`: services used it before. */
  readonly role: "serves" | "restored" | "retires";
  /** Whether a protected environment protects it. A restored server holds a copy until it serves. */
  readonly protect: boolean;
  /** @default - it was created empty, or long ago */
  readonly from?: Restore;
}

/** The environment's servers; the one that services use is the first. */
export function databaseGenerations({
  database,
}: Pick<Environment, "database">): readonly [DatabaseGeneration, ...DatabaseGeneration[]] {
  const { generation = 1, restoreFrom, retiring } = database;
  const from = restoreFrom && { from: restoreFrom };
  const isNext = restoreFrom !== undefined && restoreFrom.generation > generation;
  return [
    { generation, role: "serves", protect: true, ...(!isNext && from) },
    ...(isNext ? [{ generation: restoreFrom.generation, role: "restored", protect: false, ...from } as const] : []),
    ...(retiring ? [{ generation: generation - 1, role: "retires", protect: retiring.protect } as const] : []),
  ];
}

/** `database`, and from the second generation on `database-2`: names of resources, and ends of names in the cloud. */
export const withGeneration = (name: string, generation: number): string =>
  generation === 1 ? name : `${name}-${generation}`;
