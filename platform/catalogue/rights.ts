/**
 * AWS actions behind each right, by the resource that they apply to. Velero's were read in its plug-in's README on 2026-11-28; the
 * pages of the others are where they are documented, and were not read again.
 */
export const awsActions = {
  /** https://external-secrets.io/latest/provider/aws-secrets-manager/#iam-policy */
  readSecrets: { secret: ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"], key: ["kms:Decrypt"] },
  /** https://github.com/vmware-tanzu/velero-plugin-for-aws, "Set permissions for Velero". A multipart upload is listed by bucket. */
  writeBackups: {
    bucket: ["s3:ListBucket", "s3:ListBucketMultipartUploads"],
    object: [
      "s3:GetObject",
      "s3:PutObject",
      "s3:DeleteObject",
      "s3:AbortMultipartUpload",
      "s3:ListMultipartUploadParts",
    ],
    key: ["kms:Decrypt", "kms:GenerateDataKey"],
  },
  /** What services/shared/objects calls; a multipart upload is put: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html. */
  useObjects: {
    bucket: ["s3:ListBucket"],
    object: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
    key: ["kms:Decrypt", "kms:GenerateDataKey"],
  },
  /** https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/install.md, "Encryption" */
  encryptVolumes: {
    key: [
      "kms:CreateGrant",
      "kms:Decrypt",
      "kms:DescribeKey",
      "kms:GenerateDataKeyWithoutPlaintext",
      "kms:ReEncryptFrom",
      "kms:ReEncryptTo",
    ],
  },
  /**
   * The part for RDS of AWSBackupServiceRolePolicyForBackup v29, as https://github.com/zoph-io/MAMIP keeps it, without what copies to
   * other accounts and clusters of Aurora need. `everywhere` are actions for which IAM has no resource.
   */
  copyDatabase: {
    everywhere: ["tag:GetResources"],
    server: ["rds:CreateDBSnapshot", "rds:DescribeDBInstances", "rds:ListTagsForResource"],
    snapshot: ["rds:AddTagsToResource", "rds:CreateDBSnapshot", "rds:DeleteDBSnapshot", "rds:DescribeDBSnapshots"],
    vault: ["backup:DescribeBackupVault"],
    key: ["kms:CreateGrant", "kms:DescribeKey"],
  },
  /**
   * What the autoscaler calls for groups with launch templates and named instance types, in
   * https://github.com/kubernetes/autoscaler/blob/017598c23387/cluster-autoscaler/cloudprovider/aws/aws_wrapper.go and aws_util.go.
   */
  scaleNodes: {
    everywhere: [
      "autoscaling:DescribeAutoScalingGroups",
      "autoscaling:DescribeScalingActivities",
      "ec2:DescribeInstanceTypes",
      "ec2:DescribeLaunchTemplateVersions",
    ],
    group: ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"],
    nodeGroup: ["eks:DescribeNodegroup"],
  },
  /** What https://github.com/cert-manager/cert-manager/blob/v1.21.1/pkg/issuer/acme/dns/route53/route53.go calls. */
  answerDnsChallenges: {
    everywhere: ["route53:ListHostedZonesByName"],
    change: ["route53:GetChange"],
    record: ["route53:ChangeResourceRecordSets"],
  },
  /**
   * What https://github.com/kubernetes-sigs/external-dns/blob/v0.21.0/provider/aws/aws.go calls without filters by tag, in a zone, for
   * records of these types: a host's and those that mark it as ours.
   */
  manageDnsRecords: {
    everywhere: ["route53:ListHostedZones"],
    zone: ["route53:ListResourceRecordSets"],
    record: ["route53:ChangeResourceRecordSets"],
    types: ["A", "AAAA", "CNAME", "TXT"],
  },
  /**
   * What the controller calls for network load balancers, at 225f44568848 of
   * https://github.com/kubernetes-sigs/aws-load-balancer-controller: pkg/ and docs/install/iam_policy.json. `made` are requests that
   * set the tag of the cluster, `own` those on what bears it.
   */
  manageLoadBalancers: {
    ec2: [
      "DescribeAvailabilityZones",
      "DescribeInstances",
      "DescribeNetworkInterfaces",
      "DescribeRouteTables",
      "DescribeSecurityGroups",
      "DescribeSubnets",
      "DescribeVpcs",
    ],
    elb: [
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
    ],
    balancer: {
      made: ["CreateLoadBalancer"],
      own: [
        "AddTags",
        "DeleteLoadBalancer",
        "ModifyLoadBalancerAttributes",
        "RemoveTags",
        "SetIpAddressType",
        "SetSecurityGroups",
        "SetSubnets",
      ],
      any: ["CreateListener"],
    },
    targets: {
      made: ["CreateTargetGroup"],
      own: ["AddTags", "DeleteTargetGroup", "ModifyTargetGroup", "ModifyTargetGroupAttributes", "RemoveTags"],
      any: ["DeregisterTargets", "RegisterTargets"],
    },
    listener: { own: ["ModifyListenerAttributes"], any: ["AddTags", "DeleteListener", "ModifyListener", "RemoveTags"] },
    group: {
      own: ["CreateTags", "DeleteSecurityGroup", "DeleteTags"],
      any: ["AuthorizeSecurityGroupIngress", "CreateSecurityGroup", "RevokeSecurityGroupIngress"],
    },
    network: ["CreateSecurityGroup"],
  },
  /** https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html, without what makes the group */
  writeFlowLogs: { stream: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"] },
} as const;

/**
 * What the reader of secrets needs where Kubernetes is their store, as verb, group and resource.
 * Source: https://external-secrets.io/latest/provider/kubernetes/. Read 2026-11-28.
 */
export const secretReaderRules: readonly string[] = [
  "get /secrets",
  "list /secrets",
  "watch /secrets",
  "create authorization.k8s.io/selfsubjectrulesreviews",
];
