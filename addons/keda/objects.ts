import { AlertRules } from "../../k8s/constructs/alert-rules.ts";
import type { AddObjects } from "../../k8s/context.ts";
import { runbooksUrl } from "../../platform/names.ts";
import { alerts } from "./alerts.ts";

export const addObjects: AddObjects = ({ environment, layers }) => {
  new AlertRules(layers.alerts, "keda", {
    name: "keda",
    groups: { scaling: alerts },
    runbooks: runbooksUrl(environment),
  });
};
