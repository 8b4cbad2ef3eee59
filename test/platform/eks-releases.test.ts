import { expect, test } from "vitest";
import { eksNodeReleases } from "../../platform/catalogue/eks-releases.ts";
import { kubernetesVersions } from "../../platform/catalogue/kubernetes.ts";
import { descriptors } from "../environments.ts";

test("every minor of EKS has an image release of that minor, with its date", () => {
  expect(Object.keys(eksNodeReleases)).toEqual(kubernetesVersions.aws);
  for (const [minor, release] of Object.entries(eksNodeReleases))
    expect(release).toMatch(new RegExp(`^${minor.replace(".", "\\.")}\\.\\d+-20\\d{6}$`));
});

test("every add-on that EKS installs has a version for each of its minors, with the date on which it was read", () => {
  const onEks = descriptors.addons.flatMap(({ delivery }) => (delivery.by === "cloud" ? (delivery.on.aws ?? []) : []));
  const installed = onEks.filter(({ stage }) => stage !== "builtin");
  expect(installed.length).toBeGreaterThan(5);
  for (const { versions = {} } of installed) {
    expect(Object.keys(versions)).toEqual(kubernetesVersions.aws);
    for (const { version, read } of Object.values(versions)) {
      expect(version).toMatch(/^v\d+\.\d+\.\d+-eksbuild\.\d+$/);
      expect(Date.parse(read)).not.toBeNaN();
    }
  }
});
