import { VLLM_VERSION } from "../../platform/catalogue/metrics.ts";
import { weightsGiB } from "../../platform/catalogue/models.ts";
import { factsOf } from "../../platform/clouds.ts";
import { workloadPods } from "../../platform/connections.ts";
import { gpuPool, hostedModels, type HostedModel, spareGpus } from "../../platform/inference.ts";
import { namespaces, storageClasses, weightsJob } from "../../platform/names.ts";
import { placementOn } from "../../platform/placement.ts";
import { scalesOnMetrics } from "../../platform/replicas.ts";
import { DeployJob } from "../constructs/deploy-job.ts";
import { ModelServer, VLLM_IMAGE, WEIGHTS_FOLDER } from "../constructs/model-server.ts";
import { PersistentVolumeClaim, Quantity, type Volume } from "../objects.ts";
import type { Context } from "../context.ts";
import { peersOf } from "./peers.ts";
import { prometheusOf } from "./prometheus.ts";

const namespace = namespaces.inference;
const WEIGHTS = "weights";

/** vLLM for each model that the environment hosts. */
export function addModels(context: Context): void {
  const { environment, addons, layers } = context;
  const pool = gpuPool(environment);
  if (!pool) return;
  const models = hostedModels(environment, addons);
  const cached = factsOf(environment).sharedFiles;
  if (cached && models.length > 0) addCache(context, models);
  for (const model of models) {
    new ModelServer(layers.services, model.name, {
      namespace,
      model,
      placement: placementOn(environment, pool.name),
      weights: cached ? sharedWeights : ownWeights(model),
      cached,
      spareGpus: spareGpus(environment, addons),
      autoscaled: scalesOnMetrics(addons),
      prometheus: prometheusOf(context),
      ...peersOf(context, workloadPods(namespace, model.name)),
    });
  }
}

const sizeOf = (models: readonly HostedModel[]): Quantity =>
  Quantity.fromString(`${Math.ceil(models.reduce((sum, { model }) => sum + 1.5 * weightsGiB(model), 0) / 10) * 10}Gi`);

const sharedWeights: Volume = { name: WEIGHTS, persistentVolumeClaim: { claimName: WEIGHTS, readOnly: true } };

/** Deleted with its pod: only one node can mount block storage. */
const ownWeights = (model: HostedModel): Volume => ({
  name: WEIGHTS,
  ephemeral: {
    volumeClaimTemplate: {
      spec: {
        accessModes: ["ReadWriteOnce"],
        storageClassName: storageClasses.fast,
        resources: { requests: { storage: sizeOf([model]) } },
      },
    },
  },
});

/** Adds one volume for all weights, and a job per model that fetches them before its servers start. Servers never call the internet. */
function addCache(context: Context, models: readonly HostedModel[]): void {
  const {
    environment,
    layers: { migrations: layer },
  } = context;
  new PersistentVolumeClaim(layer, WEIGHTS, {
    // Weights can be downloaded again.
    metadata: { name: WEIGHTS, namespace, labels: { "velero.io/exclude-from-backup": "true" } },
    spec: {
      accessModes: ["ReadWriteMany"],
      storageClassName: storageClasses.shared,
      resources: { requests: { storage: sizeOf(models) } },
    },
  });
  for (const { name: server, model, revision } of models) {
    const name = weightsJob(server);
    new DeployJob(layer, name, {
      namespace,
      name,
      to: peersOf(context, workloadPods(namespace, name)).to,
      attempts: 5,
      deadline: 3600,
      version: VLLM_VERSION,
      // The server's own image: it has the tool, and the node has pulled it when the server starts.
      image: VLLM_IMAGE,
      placement: placementOn(environment, gpuPool(environment)?.name),
      resources: { requests: { cpu: "250m", memory: "512Mi" }, limits: { cpu: "1", memory: "2Gi" } },
      command: ["hf", "download", model.name, `--revision=${revision}`],
      environment: { HOME: "/tmp", HF_HOME: WEIGHTS_FOLDER },
      volumes: [{ name: WEIGHTS, persistentVolumeClaim: { claimName: WEIGHTS } }],
      mounts: [{ name: WEIGHTS, mountPath: WEIGHTS_FOLDER }],
    });
  }
}
