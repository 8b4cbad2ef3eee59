import type { RecordedResource } from "../model/recorded.ts";
import type { ResourceChange } from "../model/steps.ts";
import { holdersOf as onAws } from "./aws/protection.ts";
import { cloudReaders } from "./clouds.ts";
import { holdersOf as onLinode } from "./linode/safety.ts";

/** What is lost with a resource; undefined where that is nothing but the resource. */
export function carriedBy(resource: RecordedResource): ResourceChange["carries"] {
  if ([onAws, onLinode].some((holdersOf) => holdersOf([resource]).length > 0)) return "data";
  return Object.values(cloudReaders).some(({ nodeGroups }) => resource.type in nodeGroups) ? "pods" : undefined;
}
