import type { Price, PriceSource } from "./price.ts";

/** On-demand prices of Linux instances in us-east-1: zz_generated.pricing_aws.go of karpenter-provider-aws v1.15.1. */
const ec2List: PriceSource = {
  page: "https://aws.amazon.com/ec2/pricing/on-demand/",
  date: "2026-07-20",
  known: "price-list",
};

const transcribed = (page: string): PriceSource => ({ page, date: "2026-09-20", known: "page" });
const published = (page: string, date = "2026-11-28"): PriceSource => ({ page, date, known: "third-party" });
const unread = (page: string): PriceSource => ({ page, date: "2026-11-28", known: "unread" });

const pages = {
  ec2: "https://aws.amazon.com/ec2/pricing/on-demand/",
  cdn: "https://aws.amazon.com/cloudfront/pricing/",
  backup: "https://aws.amazon.com/backup/pricing/",
  ebs: "https://aws.amazon.com/ebs/pricing/",
  ecr: "https://aws.amazon.com/ecr/pricing/",
  efs: "https://aws.amazon.com/efs/pricing/",
  rds: "https://aws.amazon.com/rds/postgresql/pricing/",
  eks: "https://aws.amazon.com/eks/pricing/",
  vpc: "https://aws.amazon.com/vpc/pricing/",
  elb: "https://aws.amazon.com/elasticloadbalancing/pricing/",
  s3: "https://aws.amazon.com/s3/pricing/",
  kms: "https://aws.amazon.com/kms/pricing/",
  secrets: "https://aws.amazon.com/secrets-manager/pricing/",
  logs: "https://aws.amazon.com/cloudwatch/pricing/",
  waf: "https://aws.amazon.com/waf/pricing/",
  shield: "https://aws.amazon.com/shield/pricing/",
  dns: "https://aws.amazon.com/route53/pricing/",
};

const row =
  (region: string) =>
  (source: PriceSource, unit: string, prices: Readonly<Record<string, number>>): Price[] =>
    Object.entries(prices).map(([item, usd]) => ({ cloud: "aws", region, item, unit, usd, source }));

const [every, virginia, frankfurt] = [row("every"), row("us-east-1"), row("eu-central-1")];

export const awsPrices: readonly Price[] = [
  ...virginia(ec2List, "hour", {
    "EC2 t3.large": 0.0832,
    "EC2 t3.xlarge": 0.1664,
    "EC2 m5.large": 0.096,
    "EC2 m5.xlarge": 0.192,
    "EC2 m5.2xlarge": 0.384,
    "EC2 m6i.large": 0.096,
    "EC2 m6i.xlarge": 0.192,
    "EC2 m6i.2xlarge": 0.384,
    "EC2 r5.large": 0.126,
    "EC2 r5.xlarge": 0.252,
    "EC2 r6i.large": 0.126,
    "EC2 r6i.xlarge": 0.252,
    "EC2 g5.xlarge": 1.006,
    "EC2 g5.2xlarge": 1.212,
    "EC2 g6.xlarge": 0.8048,
    "EC2 g6.2xlarge": 0.9776,
  }),
  // m5.2xlarge and r5.xlarge: twice the next smaller size, as in every region.
  ...frankfurt(published(pages.ec2), "hour", {
    "EC2 t3.large": 0.096,
    "EC2 t3.xlarge": 0.192,
    "EC2 m5.large": 0.115,
    "EC2 m5.xlarge": 0.23,
    "EC2 m5.2xlarge": 0.46,
    "EC2 m6i.large": 0.115,
    "EC2 m6i.xlarge": 0.23,
    "EC2 m6i.2xlarge": 0.46,
    "EC2 r5.large": 0.152,
    "EC2 r5.xlarge": 0.304,
    "EC2 r6i.large": 0.152,
    "EC2 r6i.xlarge": 0.304,
    "EC2 g5.xlarge": 1.258,
    "EC2 g5.2xlarge": 1.5156,
    "EC2 g6.xlarge": 1.0064,
    "EC2 g6.2xlarge": 1.2225,
  }),
  ...virginia(published(pages.ebs), "GB-month", { "EBS gp3": 0.08 }),
  ...virginia(unread(pages.ebs), "GB-month", { "EBS snapshot": 0.05 }),
  ...virginia(published(pages.ebs), "IOPS-month", { "EBS gp3 IOPS beyond 3,000": 0.005 }),
  ...virginia(published(pages.ebs), "MB/s-month", { "EBS gp3 throughput beyond 125 MB/s": 0.04 }),
  ...frankfurt(published(pages.ebs), "GB-month", { "EBS gp3": 0.0952 }),
  ...virginia(published(pages.efs), "GB-month", { "EFS storage": 0.3 }),
  ...virginia(unread(pages.efs), "GB", { "EFS elastic read": 0.03 }),
  // What MySQL cost in us-west-2 in February 2024: neither Postgres, nor us-east-1, nor this year.
  ...virginia(published(pages.rds, "2024-02-01"), "hour", {
    "RDS db.t4g.medium": 0.065,
    "RDS db.m7g.large": 0.168,
    "RDS db.m7g.xlarge": 0.337,
    "RDS db.r7g.xlarge": 0.478,
  }),
  ...virginia(published(pages.rds), "GB-month", { "RDS gp3": 0.115, "RDS backup": 0.095 }),
  ...virginia(unread(pages.backup), "GB-month", { "database copies in a vault": 0.095 }),
  ...every(unread(pages.ecr), "GB-month", { "ECR storage": 0.1 }),
  ...every(unread(pages.ec2), "GB", { "data to another region": 0.02 }),
  ...every(published(pages.eks), "hour", { "EKS control plane": 0.1, "EKS control plane, extended support": 0.6 }),
  ...virginia(transcribed(pages.vpc), "hour", { "NAT gateway": 0.045 }),
  ...virginia(transcribed(pages.vpc), "GB", { "NAT gateway data": 0.045 }),
  ...virginia(unread(pages.vpc), "hour", { "interface endpoint": 0.01 }),
  ...every(unread(pages.vpc), "GB", { "interface endpoint data": 0.01 }),
  ...frankfurt(published(pages.vpc), "hour", { "NAT gateway": 0.052 }),
  ...frankfurt(unread(pages.vpc), "hour", { "interface endpoint": 0.012 }),
  ...frankfurt(published(pages.vpc), "GB", { "NAT gateway data": 0.052 }),
  ...every(published(pages.vpc), "hour", { "public IPv4 address": 0.005 }),
  ...virginia(published(pages.elb), "hour", { "network load balancer": 0.0225 }),
  ...virginia(transcribed(pages.elb), "NLCU-hour", { "network load balancer capacity": 0.006 }),
  ...frankfurt(published(pages.elb), "hour", { "network load balancer": 0.027 }),
  ...virginia(published(pages.s3), "GB-month", { "S3 standard": 0.023 }),
  ...frankfurt(published(pages.s3), "GB-month", { "S3 standard": 0.0245 }),
  ...virginia(published(pages.s3), "1,000 requests", { "S3 writes": 0.005 }),
  ...every(published(pages.kms), "key-month", { "KMS key": 1 }),
  ...every(published(pages.kms), "10,000 requests", { "KMS requests": 0.03 }),
  ...every(transcribed(pages.secrets), "secret-month", { secret: 0.4 }),
  ...every(transcribed(pages.secrets), "10,000 calls", { "secret calls": 0.05 }),
  ...virginia(published(pages.logs), "GB", { "log ingestion": 0.5 }),
  ...virginia(published(pages.logs), "GB-month", { "log storage": 0.03 }),
  ...every(transcribed(pages.dns), "zone-month", { "DNS zone": 0.5 }),
  ...every(transcribed(pages.dns), "million queries", { "DNS queries": 0.4 }),
  // Edges in North America and Europe, without the terabyte and the ten million requests of each month that are free.
  ...every({ page: pages.cdn, date: "2026-11-30", known: "page" }, "GB", { "CDN data to the internet": 0.085 }),
  ...every(unread(pages.cdn), "10,000 requests", { "CDN requests": 0.012 }),
  ...every(published(pages.waf, "2026-11-30"), "ACL-month", { "WAF web ACL": 5 }),
  ...every(published(pages.waf, "2026-11-30"), "rule-month", { "WAF rule": 1 }),
  ...every(published(pages.waf, "2026-11-30"), "million requests", { "WAF requests": 0.6 }),
  // Of an organization, for a year at least, whatever the number of its accounts.
  ...every(published(pages.shield, "2026-11-30"), "month", { "Shield Advanced": 3000 }),
  ...every(unread(pages.shield), "GB", { "Shield Advanced data": 0.025 }),
  ...every(published(pages.ec2), "GB", { "data to the internet": 0.09, "data between zones": 0.01 }),
];
