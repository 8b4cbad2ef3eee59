import { awsActions } from "../../../platform/catalogue/rights.ts";
import type { DeclaredCloud } from "../../model/declared.ts";
import type { RecordedResource } from "../../model/recorded.ts";
import { at, ofType, textsOf } from "../inputs.ts";
import type { Request } from "./iam.ts";

type Resources = readonly RecordedResource[];
type Tags = NonNullable<Request["context"]>;

const clustersOf = (resources: Resources): string[] =>
  ofType(resources, "aws:eks/cluster:Cluster").flatMap((cluster) => textsOf(at(cluster, "name")));

/** Requests on one resource, or on none: IAM knows no resource for some actions. */
const ask = (actions: readonly string[], resource: string, context?: Tags): Request[] =>
  actions.map((action) => ({ action, resource, ...(context && { context }) }));

/** EKS calls its groups `eks-<node group>-<id>`, and tags them. */
export function scaleNodes(resources: Resources, { region = "", account = "" }: DeclaredCloud): Request[] {
  const { everywhere, group, nodeGroup } = awsActions.scaleNodes;
  return clustersOf(resources).flatMap((cluster) => [
    ...ask(everywhere, "*"),
    ...ask(
      group,
      `arn:aws:autoscaling:${region}:${account}:autoScalingGroup:1:autoScalingGroupName/eks-application-1`,
      { [`aws:resourcetag/k8s.io/cluster-autoscaler/${cluster}`]: ["owned"] },
    ),
    ...ask(nodeGroup, `arn:aws:eks:${region}:${account}:nodegroup/${cluster}/application/1`),
  ]);
}

const OWNER = "elbv2.k8s.aws/cluster";
const LINKED = "elasticloadbalancing.amazonaws.com";

export function manageLoadBalancers(resources: Resources, declared: DeclaredCloud): Request[] {
  const { ec2, elb, balancer, targets, listener, group, network } = awsActions.manageLoadBalancers;
  const { region = "", account = "" } = declared;
  const place = `${region}:${account}`;
  const inElb = (actions: readonly string[], resource: string, context?: Tags): Request[] =>
    ask(
      actions.map((action) => `elasticloadbalancing:${action}`),
      resource === "*" ? resource : `arn:aws:elasticloadbalancing:${place}:${resource}`,
      context,
    );
  const inEc2 = (actions: readonly string[], resource: string, context?: Tags): Request[] =>
    ask(
      actions.map((action) => `ec2:${action}`),
      resource === "*" ? resource : `arn:aws:ec2:${place}:${resource}`,
      context,
    );
  return clustersOf(resources).flatMap((cluster) => {
    const [made, own] = [{ [`aws:requesttag/${OWNER}`]: [cluster] }, { [`aws:resourcetag/${OWNER}`]: [cluster] }];
    const creating = (action: string): Tags => ({ ...made, "elasticloadbalancing:createaction": [action] });
    return [
      ...inEc2(ec2, "*"),
      ...inElb(elb, "*"),
      ...ask(
        ["iam:CreateServiceLinkedRole"],
        `arn:aws:iam::${account}:role/aws-service-role/${LINKED}/AWSServiceRoleForElasticLoadBalancing`,
        { "iam:awsservicename": [LINKED] },
      ),
      ...(
        [
          ["loadbalancer/net/k8s-gateway/1", balancer],
          ["targetgroup/k8s-gateway/1", targets],
        ] as const
      ).flatMap(([resource, actions]) => [
        ...inElb(actions.made, resource, made),
        ...actions.made.flatMap((action) => inElb(["AddTags"], resource, creating(action))),
        ...inElb(actions.own, resource, own),
        ...inElb(actions.any, resource),
      ]),
      ...inElb(listener.own, "listener/net/k8s-gateway/1/1", own),
      ...inElb(listener.any, "listener/net/k8s-gateway/1/1"),
      ...inEc2(["CreateTags"], "security-group/sg-1", { ...made, "ec2:createaction": ["CreateSecurityGroup"] }),
      ...inEc2(group.own, "security-group/sg-1", own),
      ...inEc2(group.any, "security-group/sg-1"),
      ...inEc2(network, "vpc/vpc-1"),
    ];
  });
}
