import type { BlueGreenStrategy } from "./rollout.ts";

const SECONDS_OLD_VERSION_IS_KEPT = 3600;
const SECONDS_AFTER_ABORT = 60;

export const previewName = (name: string): string => `${name}-preview`;

/**
 * The new version starts beside the old one and gets all requests at once. With an analysis, it gets them only after that has
 * succeeded: its measurements are of requests to the preview Service, and without any of them a person decides. The old version
 * is kept for an hour, so that going back takes seconds. A release within that hour runs a third set of pods, and no release a fourth.
 */
export function blueGreenStrategy(
  name: string,
  analysis: BlueGreenStrategy["prePromotionAnalysis"],
): BlueGreenStrategy {
  return {
    activeService: name,
    previewService: previewName(name),
    autoPromotionEnabled: true,
    ...(analysis && { prePromotionAnalysis: analysis }),
    scaleDownDelaySeconds: SECONDS_OLD_VERSION_IS_KEPT,
    scaleDownDelayRevisionLimit: 1,
    abortScaleDownDelaySeconds: SECONDS_AFTER_ABORT,
  };
}
