/**
 * What a month brings that no plan shows. These are assumptions, not measurements: replace them by those of your own bill. GB are
 * per node unless they say otherwise.
 */
export const assumedUsage = {
  /** Answers to callers on the internet. */
  internetGb: 50,
  /** Millions of requests to the CDN. */
  cdnRequests: 10,
  /** Through NAT: images, calls of models elsewhere. S3 has an endpoint of its own. */
  natGb: 100,
  /** Between pods, stores and replicas in different zones; AWS bills both ends. */
  crossZoneGb: 200,
  /** Through each interface endpoint, instead of NAT. */
  endpointGb: 10,
  /** Flow logs. */
  flowLogGb: 10,
  /** Control plane logs, per cluster. */
  controlPlaneLogGb: 20,
  /** Logs of one database server. */
  databaseLogGb: 2,
  /** Backups of a database beyond those that are free, as a multiple of its storage. */
  databaseBackups: 0.5,
  /** Copies of a database in a vault, as a multiple of its storage: the first in full, the others what changed. */
  databaseCopies: 2,
  /** GB of a database's backups and logs that are sent to its standby region, as a multiple of its storage. */
  standbyTransfer: 1,
  /** Capacity units that a load balancer uses on average. */
  loadBalancerUnits: 1,
  /** Images of a service in its repository: layers that they share count once. */
  repositoryGb: 10,
  /** In a bucket, of backups or of services' objects. */
  bucketGb: 500,
  /** Thousands of writes to a bucket. */
  bucketWrites: 100,
  /** Snapshots of a volume, as a multiple of its size: seven days of changed blocks, the first in full. */
  snapshots: 2,
  /** Tens of thousands of requests per key. */
  keyRequests: 100,
  /** Tens of thousands of calls per secret: every reader refreshes hourly. */
  secretCalls: 0.2,
  /** Millions of DNS queries per zone. */
  dnsQueries: 10,
  /** Read from a shared filesystem, as a multiple of its size: each new node reads the model weights once. */
  sharedReads: 4,
} as const;

/** The part of a month in which autoscalers are at their maximum: eight hours a day. In the rest they are at their minimum. */
export const BUSY_SHARE = 1 / 3;
