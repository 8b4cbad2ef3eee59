import type { Proof } from "./proof.ts";

/** `registry/path:tag`, `registry:port/path@sha256:...`. */
const IMAGE = /^(?<path>[^@:]+(?::\d+\/[^@:]+)?)(?::(?<tag>[^@]+))?(?:@(?<digest>sha256:[0-9a-f]{64}))?$/;
/** Tags that move to the newest version. */
const MOVING = /^(latest|main|master|edge|nightly|stable|dev|\d+)$/;

export const noFloatingImage: Proof = {
  name: "no-floating-image",
  claim: "Every container image names a registry, and a fixed tag or a digest.",
  examine({ podSources }) {
    const images = podSources.flatMap(({ description, spec }) =>
      [...(spec.initContainers ?? []), ...spec.containers].map(({ image = "" }) => ({ description, image })),
    );
    return {
      evidence: [`${new Set(images.map(({ image }) => image)).size} images of ${images.length} containers`],
      failures: images.flatMap(({ description, image }) =>
        faultsOf(image).map((fault) => `${description}: image '${image}' ${fault}`),
      ),
    };
  },
};

function faultsOf(image: string): string[] {
  const { path, tag, digest } = IMAGE.exec(image)?.groups ?? {};
  if (path === undefined) return ["is no image's name."];
  const faults: string[] = [];
  const [registry = "", ...rest] = path.split("/");
  if (rest.length === 0 || !/[.:]/.test(registry)) faults.push("names no registry: each node may take another one's.");
  if (digest !== undefined) return faults;
  if (tag === undefined) faults.push("has no tag, which means latest. Name one.");
  else if (MOVING.test(tag)) faults.push("has a tag that moves: two nodes may run different software. Name a release.");
  return faults;
}
