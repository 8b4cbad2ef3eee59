export { BackupBucket, type BackupBucketArgs } from "../infra/linode/backup-bucket.ts";
export { Cluster, type ClusterArgs } from "../infra/linode/cluster.ts";
export { Database, type DatabaseArgs } from "../infra/linode/database.ts";
export { Dns } from "../infra/linode/dns.ts";
export { NodePool, type NodePoolArgs } from "../infra/linode/node-pool.ts";
export { StorageClasses } from "../infra/linode/storage-classes.ts";
