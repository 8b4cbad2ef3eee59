import { z } from "zod";
import { defineAddon } from "../../platform/addon.ts";

/** Istio's definitions, and the webhook that has istiod check objects of these kinds. */
export const istioBase = defineAddon({
  name: "istio-base",
  licence: "Apache-2.0",
  options: z.strictObject({}),
  delivery: {
    by: "application",
    layer: "definitions",
    source: {
      kind: "chart",
      repository: "https://istio-release.storage.googleapis.com/charts",
      chart: "base",
      versions: ["1.31.1"],
    },
    values: () => ({
      // By default istiod turns the webhook from Ignore to Fail, and Argo CD would turn it back.
      base: { validationFailurePolicy: "Fail" },
      // Only several clusters need this account.
      global: { enableReaderRBAC: false },
    }),
  },
  namespace: { name: "istio-system", podSecurity: "restricted" },
  kinds: ["networking.istio.io/EnvoyFilter"],
});
