import { storage } from "@pulumi/kubernetes";
import { ComponentResource, type ComponentResourceOptions } from "@pulumi/pulumi";
import type { LinodeEnvironment } from "../../platform/environment.ts";
import { clusterName, storageClasses } from "../../platform/names.ts";
import { RECLAIM_POLICY } from "../guards.ts";

const PROVISIONER = "linodebs.csi.linode.com";

/**
 * The classes that manifests name, on block storage. LKE's own bind at once, which may be where the pod cannot go; these wait
 * for it. There is one kind of disk, so both are the same, and no shared file system.
 */
export class StorageClasses extends ComponentResource {
  constructor(
    name: string,
    { environment }: { readonly environment: LinodeEnvironment },
    options: ComponentResourceOptions,
  ) {
    super("promptops:linode:StorageClasses", name, {}, options);
    for (const called of [storageClasses.fast, storageClasses.standard]) {
      new storage.v1.StorageClass(
        called,
        {
          metadata: { name: called },
          provisioner: PROVISIONER,
          parameters: { [`${PROVISIONER}/encrypted`]: "true", [`${PROVISIONER}/volumeTags`]: clusterName(environment) },
          volumeBindingMode: "WaitForFirstConsumer",
          allowVolumeExpansion: true,
          reclaimPolicy: RECLAIM_POLICY,
        },
        { parent: this },
      );
    }
    this.registerOutputs();
  }
}
