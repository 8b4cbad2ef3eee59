import { REPLICAS_SECRET } from "../../../platform/names.ts";
import { type RecordedResource, textOf, urnsIn } from "../../model/recorded.ts";
import { at, isOn, nameOf, numberOf, objectsIn, ofType, referredTo, textsOf } from "../inputs.ts";
import { missingInputs, refusedValues } from "../accepted-values.ts";
import { serversNamed } from "./database-backups.ts";
import { parsePolicy, policyVersion } from "./iam.ts";
import { missingTemplateTags } from "./node-templates.ts";
import { acceptedValues, requiredInputs } from "./accepted-values.ts";

type Resources = readonly RecordedResource[];
/** What must hold of a resource, and what to do where it does not. */
type Rule = (resource: RecordedResource, resources: Resources) => readonly (readonly [held: boolean, fault: string])[];

const CLUSTER = "aws:eks/cluster:Cluster";
const SECRET = "aws:secretsmanager/secret:Secret";
const INSTANCE = "aws:rds/instance:Instance";
const LAUNCH_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
/** Gibibytes of the snapshot of an AL2023 image, which its root volume must hold. */
const MIN_ROOT_GIB = 20;
/** RDS grows storage by at least a tenth. */
const MIN_GROWTH = 1.1;
/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const MAX_ROLE_NAME = 64;

const rules: Readonly<Record<string, Rule>> = {
  [CLUSTER]: (cluster) => [
    [
      at(cluster, "accessConfig.authenticationMode") === "API",
      "also takes identities from the aws-auth ConfigMap. Set accessConfig.authenticationMode to 'API'.",
    ],
    [
      at(cluster, "accessConfig.bootstrapClusterCreatorAdminPermissions") === false,
      "makes its creator an administrator without an access entry, and AWS refuses (409) one of the plan. Set accessConfig.bootstrapClusterCreatorAdminPermissions to false.",
    ],
    [
      at(cluster, "bootstrapSelfManagedAddons") === false,
      "gets add-ons that nothing manages, beside those of the plan. Set bootstrapSelfManagedAddons to false.",
    ],
    [
      isOn(at(cluster, "vpcConfig.endpointPrivateAccess")),
      "has no private endpoint, so nodes reach it through the internet. Set vpcConfig.endpointPrivateAccess.",
    ],
    [
      at(cluster, "upgradePolicy.supportType") === "STANDARD",
      "stays on a minor after its standard support, at six times the price. Set upgradePolicy.supportType to 'STANDARD'.",
    ],
  ],
  "aws:eks/nodeGroup:NodeGroup": nodeGroupRules,
  "aws:eks/addon:Addon": (addon, resources) => [
    ...kubeProxyRules(addon, referredTo(at(addon, "clusterName"), ofType(resources, CLUSTER))),
    [
      at(addon, "addonVersion") !== undefined,
      "takes the default version of the day on which it is made, and gets no patch. Set addonVersion.",
    ],
  ],
  [LAUNCH_TEMPLATE]: (template) =>
    objectsIn(at(template, "blockDeviceMappings"))
      .flatMap(({ ebs }) => objectsIn(ebs))
      .flatMap(({ volumeSize, deleteOnTermination }) => [
        [
          (numberOf(volumeSize) ?? 0) >= MIN_ROOT_GIB,
          `has a root volume that its image does not fit. Give it at least ${MIN_ROOT_GIB} GiB.`,
        ],
        [isOn(deleteOnTermination), "leaves a volume behind for every node. Set deleteOnTermination."],
      ]),
  [INSTANCE]: (instance, resources) =>
    "replicateSourceDb" in instance.inputs ? replicaRules(instance, resources) : primaryRules(instance, resources),
  "aws:iam/role:Role": (role) => [
    [
      (textsOf(at(role, "name"))[0] ?? "").length <= MAX_ROLE_NAME,
      `has a name of more than ${MAX_ROLE_NAME} characters. Shorten the environment's name or the add-on's.`,
    ],
  ],
  "aws:backup/selection:Selection": (selection, resources) => [
    [
      referredTo(at(selection, "planId"), ofType(resources, "aws:backup/plan:Plan")).length === 1 &&
        serversNamed(at(selection, "resources"), resources).length > 0,
      "copies no server of the plan. Set planId and resources.",
    ],
  ],
  "aws:kms/alias:Alias": (alias, resources) => [
    [
      referredTo(at(alias, "targetKeyId"), ofType(resources, "aws:kms/key:Key")).length === 1,
      "names no key of the plan. Set targetKeyId.",
    ],
  ],
  "aws:kms/key:Key": (key) => {
    const statements = parsePolicy(at(key, "policy"));
    const isManaged = (principal: string): boolean =>
      (statements ?? []).some(
        ({ effect, actions, resources: of, principals }) =>
          effect === "Allow" &&
          actions.includes("kms:*") &&
          of.includes("*") &&
          (principals["AWS"] ?? []).some((name) => name.endsWith(principal)),
      );
    return [
      [
        statements === undefined || isManaged(":root"),
        "has a policy by which its own account may not manage it, which AWS refuses. Allow the account's root kms:*.",
      ],
    ];
  },
  "aws:ec2/eip:Eip": (address, resources) => [
    [
      ofType(resources, "aws:ec2/natGateway:NatGateway").filter(
        (nat) => referredTo(at(nat, "allocationId"), [address]).length > 0,
      ).length <= 1,
      "is the address of several NAT gateways. Give each its own.",
    ],
  ],
  "aws:ec2/vpcEndpoint:VpcEndpoint": (endpoint, resources) => [
    [
      referredTo(at(endpoint, "vpcId"), ofType(resources, "aws:ec2/vpc:Vpc")).length === 1,
      "is in no network of the plan. Set vpcId.",
    ],
  ],
  "aws:secretsmanager/secretVersion:SecretVersion": (version, resources) => [
    [
      holdsReplicas(version, resources) ||
        !ofType(resources, INSTANCE).some(
          ({ urn, inputs }) => "replicateSourceDb" in inputs && urnsIn(at(version, "secretString")).includes(urn),
        ),
      "is made of a read replica, which accepts no writes. Take the primary server.",
    ],
    [
      !holdsReplicas(version, resources) ||
        ofType(resources, INSTANCE).every(
          ({ urn, inputs }) => "replicateSourceDb" in inputs === urnsIn(at(version, "secretString")).includes(urn),
        ),
      "must hold the addresses of all read replicas, and nothing else. Take their addresses.",
    ],
  ],
  "kubernetes:storage.k8s.io/v1:StorageClass": (each, resources) => [
    [
      at(each, "provisioner") !== "efs.csi.aws.com" ||
        (referredTo(at(each, "parameters.fileSystemId"), ofType(resources, "aws:efs/fileSystem:FileSystem")).length ===
          1 &&
          at(each, "parameters.provisioningMode") !== undefined),
      "names no file system of the plan. Set fileSystemId and provisioningMode.",
    ],
  ],
};

/** What AWS refuses, and what leaves a resource without use. */
export const faultsOf = (resources: Resources): string[] =>
  resources.flatMap((resource) => [
    ...(rules[resource.type]?.(resource, resources) ?? [])
      .filter(([held]) => !held)
      .map(([, fault]) => `${nameOf(resource)} ${fault}`),
    ...refusedValues(resource, acceptedValues),
    ...missingInputs(resource, requiredInputs),
    ...documentFaults(resource),
  ]);

/** Without it, IAM reads a policy by the rules of 2008, in which variables are plain text. */
const POLICY_VERSION = "2012-10-17";

const documentFaults = (resource: RecordedResource): string[] =>
  ["policy", "assumeRolePolicy"].flatMap((input) => {
    const version = policyVersion(at(resource, input));
    return version === undefined || version === POLICY_VERSION
      ? []
      : [`${nameOf(resource)}: the Version of its ${input} is '${version}'. Write '${POLICY_VERSION}'.`];
  });

function nodeGroupRules(group: RecordedResource, resources: Resources): ReturnType<Rule> {
  const templates = referredTo(at(group, "launchTemplate.id"), ofType(resources, LAUNCH_TEMPLATE));
  const versions = urnsIn(at(group, "launchTemplate.version"));
  const [min, desired, max] = ["minSize", "desiredSize", "maxSize"].map(
    (bound) => numberOf(at(group, `scalingConfig.${bound}`)) ?? -1,
  );
  return [
    [
      referredTo(at(group, "clusterName"), ofType(resources, CLUSTER)).length === 1,
      "is of no cluster of the plan. Set its clusterName.",
    ],
    [
      numberOf(at(group, "updateConfig.maxUnavailable")) === 1,
      "replaces no node, or several of a zone at once. Set updateConfig.maxUnavailable to 1.",
    ],
    ...missingTemplateTags(group, resources).map((tag): readonly [boolean, string] => [
      false,
      `has no node to begin with, and its autoscaling group lacks the tag ${tag}: the autoscaler adds no node for pods that need it. Add the tag.`,
    ]),
    ...versionRules(group, referredTo(at(group, "clusterName"), ofType(resources, CLUSTER))),
    [
      group.ignoreChanges.includes("scalingConfig.desiredSize"),
      "undoes what the autoscaler does. Ignore changes of scalingConfig.desiredSize.",
    ],
    [
      min !== undefined && desired !== undefined && max !== undefined && min <= desired && desired <= max,
      "starts with a number of nodes that is not between its bounds. Change scalingConfig.desiredSize.",
    ],
    [
      templates.length === 1 && templates.every(({ urn }) => versions.length === 0 || versions.includes(urn)),
      "names a version of another launch template. Take both from one.",
    ],
    [
      at(group, "launchTemplate.version") !== undefined,
      "names no version of its launch template. Set launchTemplate.version.",
    ],
  ];
}

/** Kubelets may be up to three minors older than the API server, and never newer: https://kubernetes.io/releases/version-skew-policy/. */
const MAX_SKEW = 3;

/** A minor, its patch, and the day of the image. */
const RELEASE = /^(1\.\d+)\.\d+-\d{8}$/;

function versionRules(group: RecordedResource, clusters: Resources): ReturnType<Rule> {
  const [version = "", release = ""] = ["version", "releaseVersion"].map((input) => textsOf(at(group, input))[0]);
  const skews = clusters.map((cluster) => minorOf(textsOf(at(cluster, "version"))[0]) - minorOf(version));
  return [
    [
      skews.every((skew) => skew >= 0 && skew <= MAX_SKEW),
      `runs a kubelet of '${version}', which its control plane does not support. Set version to the cluster's.`,
    ],
    [
      RELEASE.exec(release)?.[1] === version,
      `has the image release '${release}', which is none of '${version}'. Take one from platform/catalogue/eks-releases.ts.`,
    ],
  ];
}

/** kube-proxy may be as much older as a kubelet, and never newer, by the same policy. */
function kubeProxyRules(addon: RecordedResource, clusters: Resources): ReturnType<Rule> {
  if (at(addon, "addonName") !== "kube-proxy") return [];
  const [version = ""] = textsOf(at(addon, "addonVersion"));
  const minor = minorOf(/^v(1\.\d+)\./.exec(version)?.[1]);
  const skews = clusters.map((cluster) => minorOf(textsOf(at(cluster, "version"))[0]) - minor);
  return [
    [
      skews.every((skew) => skew >= 0 && skew <= MAX_SKEW),
      `is '${version}', which its control plane does not support. Take the version of the cluster's minor from addons/kube-proxy/addon.ts.`,
    ],
  ];
}

const minorOf = (version = ""): number => Number(/^1\.(\d+)$/.exec(version)?.[1] ?? NaN);

function replicaRules(replica: RecordedResource, resources: Resources): ReturnType<Rule> {
  const zone = at(replica, "availabilityZone");
  const zones = ofType(resources, "aws:ec2/subnet:Subnet").map((subnet) => at(subnet, "availabilityZone"));
  return [
    [
      referredTo(at(replica, "replicateSourceDb"), ofType(resources, INSTANCE)).length === 1,
      "replicates no server of the plan. Set replicateSourceDb.",
    ],
    // https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBInstance.html
    [
      isOn(at(replica, "skipFinalSnapshot")),
      "cannot be deleted: a replica has no last snapshot. Set skipFinalSnapshot.",
    ],
    [
      zone === undefined || zones.includes(zone),
      `is in zone '${textOf(zone)}', which has no subnet. Change availabilityZone.`,
    ],
  ];
}

function primaryRules(primary: RecordedResource, resources: Resources): ReturnType<Rule> {
  const [group] = referredTo(
    at(primary, "parameterGroupName"),
    ofType(resources, "aws:rds/parameterGroup:ParameterGroup"),
  );
  const version = textsOf(at(primary, "engineVersion"))[0] ?? "";
  const [size, limit] = [
    numberOf(at(primary, "allocatedStorage")) ?? 0,
    numberOf(at(primary, "maxAllocatedStorage")) ?? 0,
  ];
  return [
    [at(primary, "engine") === "postgres", "does not run Postgres. Set engine to 'postgres'."],
    [
      group !== undefined && at(group, "family") === `postgres${version.split(".")[0] ?? ""}`,
      `has no parameter group of its own version ${version}. Set parameterGroupName.`,
    ],
    [
      limit >= size * MIN_GROWTH,
      `stops when its storage is full: it may grow to ${limit} GiB from ${size}. Raise maxAllocatedStorage.`,
    ],
    [
      at(primary, "username") !== undefined && at(primary, "password") !== undefined,
      "has no administrator. Set username and password.",
    ],
  ];
}

/** Whether a secret's version is the one that names read replicas. */
const holdsReplicas = (version: RecordedResource, resources: Resources): boolean =>
  referredTo(at(version, "secretId"), ofType(resources, SECRET)).some(({ inputs }) =>
    textOf(inputs["name"]).endsWith(`/database/${REPLICAS_SECRET}`),
  );
