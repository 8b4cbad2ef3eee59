import { addonSources } from "../../platform/catalogue/addons.ts";
import { VLLM_VERSION } from "../../platform/catalogue/metrics.ts";
import { weightsGiB } from "../../platform/catalogue/models.ts";
import { capabilities } from "../../platform/clouds.ts";
import { notTheInternet } from "../../platform/addresses.ts";
import { gpuPool, hostedModels, type HostedModel, MODEL_PORT, spareGpus } from "../../platform/inference.ts";
import { namespaces, storageClasses, weightsJob } from "../../platform/names.ts";
import { callsModels } from "../../platform/service.ts";
import { Addon } from "../constructs/addon.ts";
import { ModelServer, VLLM_IMAGE, WEIGHTS_FOLDER } from "../constructs/model-server.ts";
import { addresses, type Peer, tcp, workload } from "../constructs/network-peers.ts";
import { PreparationJob } from "../constructs/preparation-job.ts";
import { PersistentVolumeClaim, Quantity, type Volume } from "../objects.ts";
import type { Context } from "./context.ts";
import { placementOn } from "./placement.ts";
import { PROMETHEUS } from "./prometheus.ts";

const namespace = namespaces.inference;
const WEIGHTS = "weights";
/** Hugging Face answers from many addresses; the host's name is the mesh's to hold. */
const internet: Peer = { peers: [addresses("0.0.0.0/0", notTheInternet)], ports: tcp(443) };

/** The device plug-in where there are GPUs, and vLLM for each model that the environment hosts. */
export function addModels(context: Context): void {
  const { environment, services, layers } = context;
  const pool = gpuPool(environment);
  if (!pool) return;
  addDevicePlugin(context);
  const models = hostedModels(environment);
  const cached = capabilities[environment.cloud].sharedFiles;
  if (cached && models.length > 0) addCache(context, models);
  const callers = services.filter(callsModels).map(({ name }) => workload(namespaces.application, name));
  for (const model of models) {
    new ModelServer(layers.services, model.name, {
      namespace,
      model,
      placement: placementOn(environment, pool.name),
      weights: cached ? sharedWeights : ownWeights(model),
      cached,
      spareGpus: spareGpus(environment),
      prometheus: PROMETHEUS,
      from: [{ peers: callers, ports: tcp(MODEL_PORT) }],
      to: cached ? [] : [internet],
    });
  }
}

/** Kubernetes counts GPUs because this plug-in tells the kubelet of them. It runs where the pool's label is. */
function addDevicePlugin({ environment, layers }: Context): void {
  new Addon(layers.operators, "nvidia-device-plugin", {
    name: "nvidia-device-plugin",
    namespace: namespaces.devices,
    source: addonSources.devicePlugin,
    automaticSync: environment.gitops.automaticSync,
    values: { nodeSelector: { "nvidia.com/gpu.present": "true" } },
    footprints: [
      {
        name: "nvidia-device-plugin",
        labels: { "app.kubernetes.io/name": "nvidia-device-plugin" },
        pods: "every-node",
        requests: { cpu: "0", memory: "0" },
        nodeSelector: { "nvidia.com/gpu.present": "true" },
        tolerations: [{ key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" }],
      },
    ],
  });
}

const sizeOf = (models: readonly HostedModel[]): Quantity =>
  Quantity.fromString(`${Math.ceil(models.reduce((sum, { model }) => sum + 1.5 * weightsGiB(model), 0) / 10) * 10}Gi`);

const sharedWeights: Volume = { name: WEIGHTS, persistentVolumeClaim: { claimName: WEIGHTS, readOnly: true } };

/** Gone with its pod: block storage belongs to one node. */
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

/** One volume with all weights, and a job a model that fetches them before its servers start; these never reach the internet. */
function addCache({ environment, layers: { preparation } }: Context, models: readonly HostedModel[]): void {
  new PersistentVolumeClaim(preparation, WEIGHTS, {
    metadata: { name: WEIGHTS, namespace },
    spec: {
      accessModes: ["ReadWriteMany"],
      storageClassName: storageClasses.shared,
      resources: { requests: { storage: sizeOf(models) } },
    },
  });
  for (const { name: server, model, revision } of models) {
    const name = weightsJob(server);
    new PreparationJob(preparation, name, {
      namespace,
      name,
      to: [internet],
      attempts: 5,
      deadline: 3600,
      version: VLLM_VERSION,
      // The server's own image: it has the tool, and is on the node when the server comes.
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
