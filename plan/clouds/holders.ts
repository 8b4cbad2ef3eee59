import { GENERATION_LABEL, POOL_LABEL } from "../../platform/pools.ts";
import type { Carried } from "../changes/steps.ts";
import type { RecordedResource } from "../model/recorded.ts";
import { holdersOf as onAws } from "./aws/protection.ts";
import { cloudReaders } from "./clouds.ts";
import { holdersOf as onLinode } from "./linode/safety.ts";
import { labelsOf } from "./recorded-nodes.ts";

/** By which inputs a database server says what it was restored from. */
const ORIGINS = ["forkSource", "restoreToPointInTime", "snapshotIdentifier"];

/** A server that was restored and never protected is a copy: services have not used it. */
const isRestoredCopy = ({ inputs, protect }: RecordedResource): boolean =>
  !protect && ORIGINS.some((key) => key in inputs);

/** What is lost with a resource; nothing where that is nothing but the resource. */
export function carriedBy(resource: RecordedResource): Carried {
  if (isRestoredCopy(resource)) return {};
  if ([onAws, onLinode].some((holdersOf) => holdersOf([resource]).length > 0)) return { carries: "data" };
  const holdsNodes = Object.values(cloudReaders).some(({ nodeGroups }) => resource.type in nodeGroups);
  return holdsNodes ? { carries: "pods", ...generationOf(resource) } : {};
}

function generationOf({ inputs }: RecordedResource): Pick<Carried, "nodesOf"> {
  const { [POOL_LABEL]: pool, [GENERATION_LABEL]: generation } = labelsOf(inputs["labels"]);
  return pool === undefined || generation === undefined ? {} : { nodesOf: { pool, generation: Number(generation) } };
}
