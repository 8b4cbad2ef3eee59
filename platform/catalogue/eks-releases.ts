/**
 * Release of the AL2023 images per minor, `<kubelet>-<date>`: the same for x86_64 STANDARD and NVIDIA. A node group that names none takes the
 * newest of the day on which it is made, and none after. Add-ons' versions are in their descriptors.
 *
 * https://github.com/awslabs/amazon-eks-ami/releases/tag/v20260818 lists the release; that its kubelet for 1.35 is 1.35.6 was read in
 * public configurations of that release, not at AWS. Read 2026-11-28. The release for 1.36 is that of
 * https://github.com/awslabs/amazon-eks-ami/releases/tag/v20260917, with its kubelet as public records of upgrades have it. Read
 * 2026-11-30.
 */
export const eksNodeReleases: Readonly<Record<string, string>> = {
  "1.35": "1.35.6-20260818",
  "1.36": "1.36.4-20260917",
};
