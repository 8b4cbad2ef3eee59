import type { AwsEnvironment } from "../../platform/environment.ts";
import { clusterName } from "../../platform/names.ts";
import type { Account } from "./account.ts";
import { policyDocument, type Statement } from "./policies.ts";

/**
 * The cluster autoscaler sets the size of this cluster's groups and takes instances out of them. EKS tags the groups that it makes:
 * https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html.
 */
export function scaleNodes(environment: AwsEnvironment, { region, id }: Account): string {
  const cluster = clusterName(environment);
  return policyDocument(
    // IAM knows no resource for these.
    {
      Effect: "Allow",
      Action: [
        "autoscaling:DescribeAutoScalingGroups",
        "autoscaling:DescribeScalingActivities",
        "ec2:DescribeInstanceTypes",
        "ec2:DescribeLaunchTemplateVersions",
      ],
      Resource: "*",
    },
    {
      Effect: "Allow",
      Action: ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"],
      Resource: `arn:aws:autoscaling:${region}:${id}:autoScalingGroup:*:autoScalingGroupName/eks-*`,
      Condition: { StringEquals: { [`aws:ResourceTag/k8s.io/cluster-autoscaler/${cluster}`]: "owned" } },
    },
    {
      Effect: "Allow",
      Action: "eks:DescribeNodegroup",
      Resource: `arn:aws:eks:${region}:${id}:nodegroup/${cluster}/*`,
    },
  );
}

/** Types of the records that point a host at a load balancer, and of those that mark them as ours. */
const RECORD_TYPES = ["A", "AAAA", "CNAME", "TXT"];

/**
 * The DNS controller makes records below the environment's domain, and none that hands the domain or its mail to somebody else. The
 * zone's id exists only once the zone does, so the names are what keeps it out of other zones:
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-rrset-conditions.html. Read 2026-11-29.
 */
export function manageDnsRecords({ domain }: AwsEnvironment): string {
  const zones = "arn:aws:route53:::hostedzone/*";
  return policyDocument(
    // IAM knows no resource for it.
    allow(["route53:ListHostedZones"], "*"),
    allow(["route53:ListResourceRecordSets"], zones),
    allow(["route53:ChangeResourceRecordSets"], zones, {
      "ForAllValues:StringLike": { "route53:ChangeResourceRecordSetsNormalizedRecordNames": [`*.${domain}`] },
      "ForAllValues:StringEquals": { "route53:ChangeResourceRecordSetsRecordTypes": RECORD_TYPES },
    }),
  );
}

/**
 * The certificate controller writes and deletes the records by which Let's Encrypt is shown that a host is ours, and looks when they
 * are everywhere.
 */
export function answerDnsChallenges({ domain }: AwsEnvironment): string {
  return policyDocument(
    allow(["route53:ListHostedZonesByName"], "*"),
    allow(["route53:GetChange"], "arn:aws:route53:::change/*"),
    allow(["route53:ChangeResourceRecordSets"], "arn:aws:route53:::hostedzone/*", {
      "ForAllValues:StringLike": {
        "route53:ChangeResourceRecordSetsNormalizedRecordNames": [
          `_acme-challenge.${domain}`,
          `_acme-challenge.*.${domain}`,
        ],
      },
      "ForAllValues:StringEquals": { "route53:ChangeResourceRecordSetsRecordTypes": ["TXT"] },
    }),
  );
}

/** The controller puts it on what it makes, with the cluster's name. */
const OWNER = "elbv2.k8s.aws/cluster";
const LINKED = "elasticloadbalancing.amazonaws.com";

const allow = (
  Action: readonly string[],
  Resource: string | readonly string[],
  Condition?: Statement["Condition"],
): Statement => ({ Effect: "Allow", Action, Resource, ...(Condition && { Condition }) });

/**
 * The load balancer controller makes network load balancers, their target groups and security groups, and changes those that bear
 * its cluster's tag. From its own policy (docs/install/iam_policy.json at 225f44568848), without what application load balancers
 * need, in this account and region alone, and for this cluster's tag instead of any cluster's.
 */
export function manageLoadBalancers(environment: AwsEnvironment, { region, id }: Account): string {
  const cluster = clusterName(environment);
  const inElb = `arn:aws:elasticloadbalancing:${region}:${id}`;
  const inEc2 = `arn:aws:ec2:${region}:${id}`;
  const [balancers, targets, listeners] = [
    `${inElb}:loadbalancer/net/*`,
    `${inElb}:targetgroup/*`,
    `${inElb}:listener/net/*`,
  ];
  const groups = `${inEc2}:security-group/*`;
  const made = { [`aws:RequestTag/${OWNER}`]: cluster };
  const own = { [`aws:ResourceTag/${OWNER}`]: cluster };
  const keepsOwner = { Null: { [`aws:RequestTag/${OWNER}`]: "true" } };
  return policyDocument(
    allow(DESCRIBES, "*"),
    allow(
      ["iam:CreateServiceLinkedRole"],
      `arn:aws:iam::${id}:role/aws-service-role/${LINKED}/AWSServiceRoleForElasticLoadBalancing`,
      { StringEquals: { "iam:AWSServiceName": LINKED } },
    ),
    allow(["elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:CreateTargetGroup"], [balancers, targets], {
      StringEquals: made,
    }),
    allow(["elasticloadbalancing:AddTags"], [balancers, targets], {
      StringEquals: { ...made, "elasticloadbalancing:CreateAction": ["CreateLoadBalancer", "CreateTargetGroup"] },
    }),
    allow(["elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags"], [balancers, targets], {
      StringEquals: own,
      ...keepsOwner,
    }),
    allow(CHANGES, [balancers, targets, listeners], { StringEquals: own }),
    // The controller's own policy has no condition for these.
    allow(["elasticloadbalancing:CreateListener"], balancers),
    allow(LISTENER_CHANGES, listeners),
    allow(["elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"], targets),
    allow(["ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"], groups),
    allow(["ec2:CreateSecurityGroup"], [groups, `${inEc2}:vpc/*`]),
    allow(["ec2:CreateTags"], groups, { StringEquals: { ...made, "ec2:CreateAction": "CreateSecurityGroup" } }),
    allow(["ec2:CreateTags", "ec2:DeleteTags"], groups, { StringEquals: own, ...keepsOwner }),
    allow(["ec2:DeleteSecurityGroup"], groups, { StringEquals: own }),
  );
}

/** Of what the controller looks up. IAM knows no resource for them. */
const DESCRIBES = [
  ...[
    "DescribeAvailabilityZones",
    "DescribeInstances",
    "DescribeNetworkInterfaces",
    "DescribeRouteTables",
    "DescribeSecurityGroups",
    "DescribeSubnets",
    "DescribeVpcs",
  ].map((action) => `ec2:${action}`),
  ...[
    "DescribeCapacityReservation",
    "DescribeListenerAttributes",
    "DescribeListenerCertificates",
    "DescribeListeners",
    "DescribeLoadBalancerAttributes",
    "DescribeLoadBalancers",
    "DescribeRules",
    "DescribeTags",
    "DescribeTargetGroupAttributes",
    "DescribeTargetGroups",
    "DescribeTargetHealth",
  ].map((action) => `elasticloadbalancing:${action}`),
];

const CHANGES = [
  "DeleteLoadBalancer",
  "DeleteTargetGroup",
  "ModifyListenerAttributes",
  "ModifyLoadBalancerAttributes",
  "ModifyTargetGroup",
  "ModifyTargetGroupAttributes",
  "SetIpAddressType",
  "SetSecurityGroups",
  "SetSubnets",
].map((action) => `elasticloadbalancing:${action}`);

const LISTENER_CHANGES = ["AddTags", "DeleteListener", "ModifyListener", "RemoveTags"].map(
  (action) => `elasticloadbalancing:${action}`,
);
