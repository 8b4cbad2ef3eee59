import { ec2, efs } from "@pulumi/aws";
import { apiextensions, storage } from "@pulumi/kubernetes";
import { ComponentResource, type ComponentResourceOptions, type Input } from "@pulumi/pulumi";
import type { AwsEnvironment } from "../../platform/environment.ts";
import { storageClasses, volumeSnapshotClass } from "../../platform/names.ts";
import { isGuarded, RECLAIM_POLICY } from "../guards.ts";
import type { Keys } from "./keys.ts";
import type { Network } from "./network.ts";
import { openPort } from "./open-port.ts";

const NFS_PORT = 2049;

export interface StorageClassesArgs {
  readonly environment: AwsEnvironment;
  readonly network: Network;
  readonly keys: Keys;
}

/** The classes that manifests name, on EBS and EFS, encrypted with our key. A volume is made where its pod is. */
export class StorageClasses extends ComponentResource {
  constructor(name: string, { environment, network, keys }: StorageClassesArgs, options: ComponentResourceOptions) {
    super("promptops:aws:StorageClasses", name, {}, options);
    const inside = { parent: this };
    const gp3 = { type: "gp3", encrypted: "true", kmsKeyId: keys.data.arn };

    createClass(storageClasses.fast, "ebs.csi.aws.com", { ...gp3, iops: "3000", throughput: "125" });
    createClass(storageClasses.standard, "ebs.csi.aws.com", gp3);
    createClass(storageClasses.shared, "efs.csi.aws.com", {
      provisioningMode: "efs-ap",
      fileSystemId: createFileSystem().id,
      directoryPerms: "700",
    });
    new apiextensions.CustomResource(
      volumeSnapshotClass,
      {
        apiVersion: "snapshot.storage.k8s.io/v1",
        kind: "VolumeSnapshotClass",
        // Backups take their snapshots with the class that has this label.
        metadata: { name: volumeSnapshotClass, labels: { "velero.io/csi-volumesnapshot-class": "true" } },
        driver: "ebs.csi.aws.com",
        deletionPolicy: "Retain",
      },
      inside,
    );
    this.registerOutputs();

    function createClass(called: string, provisioner: string, parameters: Record<string, Input<string>>): void {
      new storage.v1.StorageClass(
        called,
        {
          metadata: { name: called },
          provisioner,
          parameters,
          volumeBindingMode: "WaitForFirstConsumer",
          allowVolumeExpansion: true,
          reclaimPolicy: RECLAIM_POLICY,
        },
        inside,
      );
    }

    function createFileSystem(): efs.FileSystem {
      const fileSystem = new efs.FileSystem(
        storageClasses.shared,
        { encrypted: true, kmsKeyId: keys.data.arn, throughputMode: "elastic", tags: { Name: storageClasses.shared } },
        { ...inside, protect: isGuarded(environment) },
      );
      const group = new ec2.SecurityGroup(
        storageClasses.shared,
        { vpcId: network.vpcId, description: "NFS from the nodes' subnets" },
        inside,
      );
      for (const zone of network.zones) {
        openPort(`nfs-${zone.plan.zone}`, { group, port: NFS_PORT, from: zone.plan.private }, inside);
        new efs.MountTarget(
          zone.plan.zone,
          { fileSystemId: fileSystem.id, subnetId: zone.private.id, securityGroups: [group.id] },
          inside,
        );
      }
      return fileSystem;
    }
  }
}
