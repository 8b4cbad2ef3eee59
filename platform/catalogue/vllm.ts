/**
 * What vLLM's server reads and answers, as far as it is used here. Claimed, since no test here runs it; compare
 * https://docs.vllm.ai/en/stable/cli/serve/ and https://docs.vllm.ai/en/stable/serving/openai_compatible_server/ when its version changes.
 */
export const vllm = {
  command: "vllm",
  /** The name of its images. */
  image: /\/vllm-[^/:]+(:|@|$)/,
  subcommand: "serve",
  /** Paths that answer a probe with 200: as soon as the engine runs, and when the model is loaded. */
  routes: ["/health", "/v1/models"],
  metricsPath: "/metrics",
  /** Prefix of the API that services call. */
  api: "/v1",
  /** The flag that sets the port, and the port without it. */
  port: { flag: "--port", default: 8000 },
  /** The flag that sets the names by which requests choose the model. Without it, the repository's. */
  servedName: "--served-model-name",
  revision: "--revision",
  /** By flag: what its value must be. */
  flags: {
    "--revision": /^[\w.-]+$/,
    "--served-model-name": /^\S+$/,
    "--port": /^\d{1,5}$/,
    "--max-model-len": /^[1-9]\d*$/,
    "--max-num-seqs": /^[1-9]\d*$/,
    "--gpu-memory-utilization": /^(0?\.\d*[1-9]\d*|1(\.0+)?)$/,
    "--shutdown-timeout": /^[1-9]\d*$/,
  },
} as const;

/** The command of huggingface_hub 1.x that downloads a repository into `HF_HOME`. */
export const download = { command: ["hf", "download"], revision: "--revision" } as const;
/** Variables that name folders in which vLLM and its libraries write, beside the folder of weights. */
export const written = ["HOME", "VLLM_CACHE_ROOT", "TRITON_CACHE_DIR"] as const;
/** Where processes of one server exchange tensors: https://docs.vllm.ai/en/stable/deployment/docker/. */
export const sharedMemory = "/dev/shm";
/** The folder of weights, for the download and for the server; and the variable that forbids the server to download. */
export const weights = { folder: "HF_HOME", offline: "HF_HUB_OFFLINE", isTrue: /^(1|true|yes|on)$/i } as const;
