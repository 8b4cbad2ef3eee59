import type { Cloud } from "./clouds.ts";
import type { AwsEnvironment, LinodeEnvironment } from "./environment.ts";
import type { Fault } from "./faults.ts";

/** The keys of an environment that are valid by themselves, of whichever cloud. */
export type Parts = Readonly<Partial<Omit<AwsEnvironment, "cloud" | "kubernetes">>> & {
  readonly cloud: Cloud;
  readonly kubernetes?: AwsEnvironment["kubernetes"] & Pick<LinodeEnvironment["kubernetes"], "highAvailability">;
};

/** What must hold between keys. Paths are those below `promptops:`. A rule says nothing where a key is missing or invalid. */
export type Rule = (parts: Parts) => Fault[];
