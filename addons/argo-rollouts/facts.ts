export const NAME = "argo-rollouts";
export const NAMESPACE = NAME;
export const labels = { "app.kubernetes.io/name": NAME };
/** One leads. Two in every environment: a release waits while none runs. */
export const REPLICAS = 2;
export const VERSION = "v1.10.1";

/** https://github.com/argoproj-labs/rollouts-plugin-trafficrouter-gatewayapi: moves the weights of an HTTPRoute. */
export const PLUGIN_IMAGE = "ghcr.io/argoproj-labs/rollouts-plugin-trafficrouter-gatewayapi:v0.15.0";
/** The name by which Rollouts ask for it. */
export const PLUGIN_NAME = "argoproj-labs/gatewayAPI";
/** In its image's folder /bin. */
export const PLUGIN_FILE = "rollouts-plugin-trafficrouter-gatewayapi";
