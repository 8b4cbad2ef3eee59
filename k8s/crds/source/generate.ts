/**
 * Writes the definitions in k8s/crds that come from Go API types, without their prose; the versions are those of go.mod
 * beside this file. Needs Go. The definitions that no served Go module carries (external-secrets) are written by hand.
 *
 * Usage: npm run build:crds
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, parseAllDocuments, stringify } from "yaml";

const here = import.meta.dirname;
const definitions = join(here, "..");

const packages: Record<string, string[]> = {
  "github.com/argoproj/argo-rollouts/pkg/apis/rollouts/v1alpha1": [
    "argoproj.io_analysistemplates",
    "argoproj.io_rollouts",
  ],
  "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1": [
    "cert-manager.io_certificates",
    "cert-manager.io_clusterissuers",
  ],
  "github.com/kedacore/keda/v2/apis/keda/v1alpha1": ["keda.sh_scaledobjects"],
  "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1": [
    "monitoring.coreos.com_podmonitors",
    "monitoring.coreos.com_prometheusrules",
    "monitoring.coreos.com_servicemonitors",
  ],
  "github.com/vmware-tanzu/velero/pkg/apis/velero/v1": ["velero.io_backupstoragelocations", "velero.io_schedules"],
  "sigs.k8s.io/gateway-api/apis/v1": ["gateway.networking.k8s.io_gateways", "gateway.networking.k8s.io_httproutes"],
};

/** Modules that ship their definitions in a file, beside the package that is named here, and those of them that we use. */
const shipped = [
  {
    package: "istio.io/api/networking/v1alpha3",
    file: "kubernetes/customresourcedefinitions.gen.yaml",
    names: { "envoyfilters.networking.istio.io": "networking.istio.io_envoyfilters" },
  },
];

interface Definition {
  metadata: { name: string; annotations: Record<string, string> };
  spec: { group: string; versions: { additionalPrinterColumns?: { description?: string }[] }[] };
}

/**
 * Rules that compare with the old object have no place below a list: the API server refuses a definition that has them there, as
 * those of Kubernetes' own pods come to stand in Argo Rollouts' kinds.
 */
function dropTransitionRules(schema: unknown): void {
  if (typeof schema !== "object" || schema === null) return;
  const node = schema as Record<string, unknown> & { "x-kubernetes-validations"?: { rule: string }[] };
  const rules = node["x-kubernetes-validations"]?.filter(({ rule }) => !rule.includes("oldSelf"));
  if (rules) node["x-kubernetes-validations"] = rules;
  if (rules?.length === 0) delete node["x-kubernetes-validations"];
  for (const inner of Object.values(node)) dropTransitionRules(inner);
}

/**
 * controller-gen leaves the metadata of an embedded pod without properties, and the API server would drop its labels: there it keeps
 * what it does not know, as the project's own definitions say.
 */
function keepEmbeddedMetadata(schema: unknown, isTop = true): void {
  if (typeof schema !== "object" || schema === null) return;
  const { properties } = schema as { properties?: { metadata?: object } };
  const metadata = properties?.metadata;
  const isBare = metadata !== undefined && JSON.stringify(metadata) === '{"type":"object"}';
  if (isBare && !isTop) Object.assign(metadata, { "x-kubernetes-preserve-unknown-fields": true });
  for (const inner of Object.values(schema)) keepEmbeddedMetadata(inner, isTop && properties === undefined);
}

/** Leaves out a schema's prose. */
function dropDescriptions(schema: unknown): void {
  if (typeof schema !== "object" || schema === null) return;
  const node = schema as Record<string, unknown>;
  if (typeof node["description"] === "string") delete node["description"];
  for (const inner of Object.values(node)) dropDescriptions(inner);
}

/**
 * What no object of ours has, by group, and what would make its definitions several times as large: whole pods again, and other ways
 * to do what we do in one.
 */
const leftOut: Readonly<Record<string, readonly string[]>> = {
  "argoproj.io": ["job", "ephemeralContainers"],
  "cert-manager.io": [
    ...["acmeDNS", "akamai", "azureDNS", "cloudDNS", "cloudflare", "digitalocean", "rfc2136", "webhook"],
    ...["ingress", "podTemplate", "vault", "venafi"],
  ],
};

function leaveOut(schema: unknown, names: readonly string[]): void {
  if (typeof schema !== "object" || schema === null) return;
  const { properties } = schema as { properties?: Record<string, unknown> };
  for (const name of names) Reflect.deleteProperty(properties ?? {}, name);
  for (const inner of Object.values(schema)) leaveOut(inner, names);
}

function annotate(definition: Definition, source: string): Definition {
  const { annotations } = definition.metadata;
  annotations["promptops.dev/source"] = source;
  // The API server refuses a definition in a *.k8s.io group that does not say who approved it.
  if (definition.spec.group.endsWith(".k8s.io")) {
    annotations["api-approved.kubernetes.io"] = `unapproved, generated from ${source}`;
  }
  leaveOut(definition.spec.versions, leftOut[definition.spec.group] ?? []);
  if (definition.spec.group === "argoproj.io") {
    dropTransitionRules(definition.spec.versions);
    keepEmbeddedMetadata(definition.spec.versions);
  }
  for (const version of definition.spec.versions) {
    for (const column of version.additionalPrinterColumns ?? []) delete column.description;
  }
  return definition;
}

function write(name: string, definition: Definition): void {
  writeFileSync(join(definitions, `${name}.yaml`), stringify(definition, { lineWidth: 0 }));
}

function writeShipped({ package: path, file, names }: (typeof shipped)[number]): void {
  const [module = "", folder = ""] = go(
    "list",
    "-f",
    "{{.Module.Path}}@{{.Module.Version}} {{.Module.Dir}}",
    path,
  ).split(" ");
  console.log(`taking from ${module}`);
  const all = parseAllDocuments(readFileSync(join(folder, file), "utf8")).map((each) => each.toJS() as Definition);
  for (const [called, name] of Object.entries(names)) {
    const definition = all.find(({ metadata }) => metadata.name === called);
    if (!definition) throw new Error(`${module} has no definition '${called}' in ${file}.`);
    definition.metadata = { name: called, annotations: {} };
    dropDescriptions(definition.spec);
    write(name, annotate(definition, module));
  }
}

const go = (...args: string[]): string => execFileSync("go", args, { cwd: here, encoding: "utf8" }).trim();
const generated = mkdtempSync(join(tmpdir(), "promptops-crds-"));
try {
  for (const [path, names] of Object.entries(packages)) {
    const source = go("list", "-f", "{{.Module.Path}}@{{.Module.Version}}", path);
    console.log(`generating from ${source}`);
    const options = "crd:crdVersions=v1,maxDescLen=0,allowDangerousTypes=true";
    go("tool", "controller-gen", options, `paths=${path}`, `output:crd:dir=${generated}`);
    for (const name of names) {
      const definition = parse(readFileSync(join(generated, `${name}.yaml`), "utf8")) as Definition;
      write(name, annotate(definition, source));
    }
  }
  shipped.forEach(writeShipped);
} finally {
  rmSync(generated, { recursive: true });
}
