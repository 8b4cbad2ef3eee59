/** The arrows of docs/architecture.md: platform -> services' descriptors -> infra | k8s -> plan -> proofs -> cli. */
const layers = {
  platform: ["platform"],
  services: ["platform", "services"],
  infra: ["platform", "services", "infra"],
  k8s: ["platform", "services", "k8s"],
  plan: ["platform", "services", "infra", "k8s", "plan", "kubeconform-wasm"],
  // A proof reads the plan's model and the catalogues, never what made the plan: it cannot share a bug with it.
  proofs: ["platform/(?!environment|read-environment|pools|service)", "plan/model", "proofs"],
  cli: ["platform", "services", "plan", "proofs", "cli"],
  // What package.json exports. Nothing here imports it.
  library: ["platform", "addons", "services", "infra", "k8s", "plan", "proofs", "library"],
};
const own = "^(platform|services|infra|k8s|plan|proofs|cli|library|kubeconform-wasm|test|bench)/";

module.exports = {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    {
      name: "no-orphans",
      severity: "error",
      from: { orphan: true, path: own, pathNot: "(\\.d\\.ts|/service\\.ts|source/|build/)$|^test/" },
      to: {},
    },
    ...Object.entries(layers).map(([layer, allowed]) => ({
      name: `${layer}-imports-only-what-the-arrows-allow`,
      severity: "error",
      from: { path: `^${layer}/`, pathNot: "^k8s/crds/source/" },
      to: { path: own, pathNot: allowed.map((path) => `^${path}`) },
    })),
    {
      name: "descriptors-are-data",
      comment:
        "A service.ts is read by infra and k8s too: it may take in platform/ and the shared contracts, nothing that runs.",
      severity: "error",
      from: { path: "^services/[^/]+/service\\.ts$" },
      to: { pathNot: ["^platform/", "^services/shared/[^/]+/contract\\.ts$"] },
    },
    {
      name: "services-share-only-through-shared",
      severity: "error",
      from: { path: "^services/([^/]+)/", pathNot: "^services/shared/" },
      to: { path: "^services/[^/]+/", pathNot: ["^services/$1/", "^services/shared/"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(dist|lib|k8s/imports)/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "types", "default"] },
  },
};
