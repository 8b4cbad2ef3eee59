import { RETIRING_TAINT } from "../../../platform/pools.ts";
import { type RecordedResource, textOf } from "../../model/recorded.ts";
import { at, numberOf, objectsIn, ofType, referredTo } from "../inputs.ts";
import { taintsOf } from "../recorded-nodes.ts";

type Resources = readonly RecordedResource[];

/** https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/cloudprovider/aws/README.md, "Auto-Discovery Setup". */
const TEMPLATE = "k8s.io/cluster-autoscaler/node-template";

/**
 * Tags that a group lacks. The autoscaler sees no node of an empty group: what labels and taints its first one will have, the tags of
 * its autoscaling group say. A group whose nodes retire is to stay empty.
 */
export function missingTemplateTags(group: RecordedResource, resources: Resources): string[] {
  const taints = taintsOf(at(group, "taints"));
  const isEmpty = numberOf(at(group, "scalingConfig.minSize")) === 0;
  if (!isEmpty || taints.some(({ key }) => key === RETIRING_TAINT.key)) return [];
  const needed = [
    ...objectsIn(at(group, "labels"))
      .flatMap((labels) => Object.entries(labels))
      .map(([key, value]) => `label/${key}=${textOf(value)}`),
    ...taints.map(({ key, value, effect }) => `taint/${key}=${value}:${effect}`),
  ];
  const found = ofType(resources, "aws:autoscaling/tag:Tag")
    .filter((tag) => referredTo(at(tag, "autoscalingGroupName"), [group]).length > 0)
    .flatMap((tag) => objectsIn(at(tag, "tag")))
    .map(({ key, value }) => `${textOf(key)}=${textOf(value)}`);
  return needed.map((each) => `${TEMPLATE}/${each}`).filter((each) => !found.includes(each));
}
