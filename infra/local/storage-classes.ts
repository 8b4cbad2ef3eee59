import { storage } from "@pulumi/kubernetes";
import { ComponentResource, type ComponentResourceOptions } from "@pulumi/pulumi";
import { storageClasses } from "../../platform/names.ts";

/** Ships with kind, k3d and k3s: a folder on the node that the pod was given to. */
const PROVISIONER = "rancher.io/local-path";

/** The classes that manifests name, on the nodes' own disks. There is no shared file system. */
export class StorageClasses extends ComponentResource {
  constructor(name: string, _args: Record<string, never>, options: ComponentResourceOptions) {
    super("promptops:local:StorageClasses", name, {}, options);
    for (const called of [storageClasses.fast, storageClasses.standard]) {
      new storage.v1.StorageClass(
        called,
        { metadata: { name: called }, provisioner: PROVISIONER, volumeBindingMode: "WaitForFirstConsumer" },
        { parent: this },
      );
    }
    this.registerOutputs();
  }
}
