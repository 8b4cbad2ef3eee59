/** The arrows of docs/architecture.md: platform -> descriptors of services and add-ons -> infra | k8s -> plan -> proofs -> report -> cli. */
const proofsMayRead = [
  "addresses",
  "catalogue/.+",
  "connections",
  "count",
  "database",
  "group-by",
  "memoize",
  "metrics",
  "names",
  "quantity",
];
const layers = {
  // Runs proofs in Pulumi's engine.
  policy: ["platform", "addons/catalogue\\.ts$", "plan", "proofs", "policy"],
  // What package.json exports.
  library: ["platform", "services/", "addons/catalogue\\.ts$", "infra", "k8s", "plan", "proofs", "library"],
  platform: ["platform"],
  services: ["platform", "services"],
  infra: ["platform", "services/[^/]+/service\\.ts$", "services/catalogue\\.ts$", "addons/catalogue\\.ts$", "infra"],
  k8s: ["platform", "services/catalogue\\.ts$", "addons/catalogue\\.ts$", "k8s"],
  plan: [
    "platform",
    "services",
    "addons/catalogue\\.ts$",
    "addons/recording/record",
    "infra",
    "k8s",
    "plan",
    "kubeconform-wasm",
  ],
  // A proof reads the plan's model and the catalogues, never what made the plan: it must not share a bug with it.
  proofs: [`platform/(${proofsMayRead.join("|")})\\.ts$`, "plan/model/", "proofs/"],
  report: ["platform", "plan/model/", "proofs", "report"],
  // Runs the services on this machine as processes.
  local: ["platform", "services", "images", "local"],
  // Drives a deployed stack and its cluster.
  operations: ["platform", "services/catalogue\\.ts$", "addons/catalogue\\.ts$", "infra/index\\.ts$", "operations"],
  // Packs services into container images.
  images: ["platform", "images"],
  cli: [
    "platform",
    "services",
    "addons/catalogue\\.ts$",
    "plan",
    "proofs",
    "report",
    "local",
    "operations",
    "images",
    "cli",
  ],
};
/** What each file of an add-on's folder may read, besides its own folder. */
const addonFiles = {
  addon: ["platform"],
  objects: ["platform", "addons/[^/]+/facts\\.ts$", "k8s/((context|objects)\\.ts$|constructs/|imports/)"],
  alerts: ["platform", "k8s/constructs/"],
};
const own =
  "^(platform|library|services|addons|infra|k8s|plan|proofs|policy|report|local|operations|images|cli|kubeconform-wasm|test|bench|tools)/";

module.exports = {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    {
      name: "no-orphans",
      severity: "error",
      from: {
        orphan: true,
        path: own,
        pathNot: "(\\.d\\.ts|/(service|addon|objects)\\.ts|^policy/pack\\.ts|source/|build/)$|^test/",
      },
      to: {},
    },
    ...Object.entries(layers).map(([layer, allowed]) => ({
      name: `${layer}-imports-only-what-the-arrows-allow`,
      severity: "error",
      from: { path: `^${layer}/`, pathNot: "^k8s/crds/source/" },
      to: { path: own, pathNot: allowed.map((path) => `^${path}`) },
    })),
    ...Object.entries(addonFiles).map(([file, allowed]) => ({
      name: `addons-${file}-imports-only-what-the-arrows-allow`,
      severity: "error",
      from: { path: `^addons/([^/]+)/${file}\\.ts$` },
      to: { path: own, pathNot: ["^addons/$1/", ...allowed.map((path) => `^${path}`)] },
    })),
    {
      name: "addons-recording-reads-descriptors-alone",
      severity: "error",
      from: { path: "^addons/(recording/|catalogue\\.ts$)" },
      to: {
        path: own,
        pathNot: ["^platform/", "^addons/(recording/|catalogue\\.ts$)", "^services/catalogue\\.ts$", "^tools/"],
      },
    },
    {
      name: "descriptors-are-data",
      comment:
        "A service.ts is read by infra and k8s too: it may take in platform/ and the shared contracts, nothing that runs.",
      severity: "error",
      from: { path: "^services/[^/]+/service\\.ts$" },
      to: { pathNot: ["^platform/", "^services/shared/[^/]+/contract\\.ts$"] },
    },
    {
      name: "pages-run-in-a-browser",
      comment: "The console's pages know the API by its OpenAPI document alone.",
      severity: "error",
      from: { path: "^services/console/web/" },
      to: { path: own, pathNot: "^services/console/web/" },
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
