import type { Plan } from "../../plan/model/plan.ts";
import type { PodSource } from "../../plan/model/pods.ts";
import { postgresClasses } from "../../platform/catalogue/postgres.ts";
import { STREAMS_PER_WORKER, targetRates, throughput } from "../../platform/catalogue/throughput.ts";

/** What an environment carries when its services run the most replicas. */
export interface Throughput {
  readonly parts: readonly Part[];
  /** Executions that models answer at once. */
  readonly atOnce: number;
  readonly targets: readonly Target[];
}

interface Part {
  readonly name: string;
  /** Executions a second. */
  readonly perSecond: number;
  /** What carries them: replicas, or virtual CPUs of Postgres. */
  readonly units: number;
  readonly perUnit: number;
  /** What to raise, for how many units. */
  readonly raise: (units: number) => string;
}

export interface Target {
  readonly name: string;
  /** What has to be raised; empty where every part carries it. */
  readonly raise: readonly string[];
  /** Seconds that an answer may take on average, for the models to keep up. */
  readonly answerSeconds: number;
}

/**
 * What an environment carries, from the rendered objects and what one replica was measured to carry; undefined where no API or no worker runs.
 * Postgres counts where the cloud runs it: how fast one in the cluster is, its nodes decide.
 */
export function throughputOf({ podSources, database, cloud }: Plan): Throughput | undefined {
  const [api, worker] = [ours(podSources, "api"), ours(podSources, "worker")];
  if (!api || !worker) return undefined;
  const server = postgresClasses.find((row) => row.cloud === cloud && row.name === database?.name);
  const parts = [
    replicasOf(api, throughput.accepted),
    replicasOf(worker, 1_000 / throughput.workerMilliseconds),
    ...(server
      ? [part("Postgres", server.vcpu, 1_000 / throughput.postgresMilliseconds, (units) => `Postgres to ${units} vCPU`)]
      : []),
  ];
  const streams = worker.replicas.max * STREAMS_PER_WORKER;
  const atOnce = Math.min(streams, concurrencyOf(worker));
  return { parts, atOnce, targets: targetRates.map((target) => reach(target, parts, atOnce)) };
}

const ours = (sources: readonly PodSource[], name: string): PodSource | undefined =>
  sources.find((source) => source.name === name && source.addon === undefined && source.kind !== "CronJob");

const part = (name: string, units: number, perUnit: number, raise: Part["raise"]): Part => ({
  ...{ name, units, perUnit, raise },
  perSecond: units * perUnit,
});

const replicasOf = ({ name, replicas }: PodSource, perUnit: number): Part =>
  part(name, replicas.max, perUnit, (units) => `services.${name}.replicas.max to ${units}`);

/** Executions that the endpoints of a worker's models take at once. */
function concurrencyOf({ spec }: PodSource): number {
  const value = spec.containers.flatMap(({ env = [] }) => env).find(({ name }) => name === "PROMPTOPS_MODELS")?.value;
  const models = JSON.parse(value ?? "[]") as { endpoint: string; concurrency: number }[];
  const endpoints = new Map(models.map(({ endpoint, concurrency }) => [endpoint, concurrency]));
  return [...endpoints.values()].reduce((sum, each) => sum + each, 0);
}

const reach = ({ name, perSecond }: (typeof targetRates)[number], parts: readonly Part[], atOnce: number): Target => ({
  name,
  raise: parts
    .filter((each) => each.perSecond < perSecond)
    .map(({ raise, perUnit }) => raise(Math.ceil(perSecond / perUnit))),
  answerSeconds: atOnce / perSecond,
});

/** A line on what is carried at most, and one per target. */
export function describeThroughput(found: Throughput | undefined): string[] {
  if (!found) return ["no executions: no API or no worker runs"];
  const { parts, atOnce, targets } = found;
  const most = Math.min(...parts.map(({ perSecond }) => perSecond));
  const each = parts.map(({ name, perSecond }) => `${name} ${number(perSecond)}`).join(", ");
  return [
    `${number(most)} executions a second at most (${each}), of which models answer ${number(atOnce)} at once: their concurrency, or ${STREAMS_PER_WORKER} per worker`,
    ...targets.map(({ name, raise, answerSeconds }) => {
      const answers =
        atOnce === 0
          ? "there are no models"
          : `models keep up while an answer takes up to ${seconds(answerSeconds)} on average`;
      return `${name}: ${raise.length === 0 ? "" : `raise ${raise.join(" and ")}; `}${answers}`;
    }),
  ];
}

const number = (value: number): string => Math.floor(value).toLocaleString("en-US");
const seconds = (value: number): string => `${value.toFixed(value < 10 ? 2 : 0)} s`;
