import { count } from "../platform/count.ts";
import { imageRules } from "../platform/catalogue/pod-rules.ts";
import type { Proof } from "./proof.ts";

export const noFloatingImage: Proof = {
  name: "no-floating-image",
  claim: "Every container image names a registry, and a fixed tag or a digest.",
  examine({ podSources }) {
    const images = podSources.flatMap(({ description, spec }) =>
      [...(spec.initContainers ?? []), ...spec.containers].map(({ image = "" }) => ({ description, image })),
    );
    return {
      evidence: [
        `${count(new Set(images.map(({ image }) => image)).size, "image")} in ${count(images.length, "container")}`,
      ],
      failures: images.flatMap(({ description, image }) =>
        imageRules
          .filter(({ matches, wanted = true }) => new RegExp(matches).test(image) !== wanted)
          .slice(0, 1)
          .map(({ fault }) => `${description}: image '${image}' ${fault}`),
      ),
    };
  },
};
