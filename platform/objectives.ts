import type { Metric } from "./metrics.ts";

/** A service level objective (SLO): a share of good events over 30 days. Recording rules, alerts and canaries are made from it. */
export type Objective = AvailabilityObjective | LatencyObjective;

interface Target {
  /** Unique in its service, such as `availability` or `latency-200ms`: the value of the label `objective`. */
  readonly name: string;
  /** The share of events that are good: 0.999. */
  readonly target: number;
  /** Events that count for nothing, by label and regular expression. */
  readonly except: Readonly<Record<string, string>>;
}

export interface AvailabilityObjective extends Target {
  readonly kind: "availability";
  /** A counter of events. */
  readonly of: Metric;
  /** The events that failed, by label and regular expression. */
  readonly failing: Readonly<Record<string, string>>;
}

export interface LatencyObjective extends Target {
  readonly kind: "latency";
  /** A histogram of seconds. */
  readonly of: Metric;
  /** Seconds within which an event is good: a bucket of the histogram. */
  readonly within: number;
}

type Share = `${number}%`;
type Options<Kind extends Objective> = Omit<Kind, "kind" | "name" | "target" | "except"> & {
  except?: Target["except"];
};

/** So many events do not fail: `availability("99.9%", { of: requests, failing: { status: "5.." } })`. */
export function availability(target: Share, options: Options<AvailabilityObjective>): AvailabilityObjective {
  return { kind: "availability", name: "availability", target: share(target), except: {}, ...options };
}

/** So many events take no longer: `latency("99%", { of: requestDuration, within: 0.5 })`. */
export function latency(target: Share, options: Options<LatencyObjective>): LatencyObjective {
  const name = `latency-${options.within * 1000}ms`;
  return { kind: "latency", name, target: share(target), except: {}, ...options };
}

/** Without the dust of binary fractions: 99.9 % is 0.999. */
const share = (target: Share): number => Number((parseFloat(target) / 100).toFixed(6));
