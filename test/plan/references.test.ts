import { bundledSchemas } from "kubeconform-wasm";
import { describe, expect, test } from "vitest";
import { appliedObjects } from "../../plan/model/applied.ts";
import { localRows } from "../../plan/model/references/local.ts";
import { kindOf } from "../../plan/model/references/read.ts";
import type { Row } from "../../platform/catalogue/reference-row.ts";
import { selectorRows } from "../../platform/catalogue/selectors.ts";
import { references } from "../../platform/catalogue/references.ts";
import { environmentNames } from "../environments.ts";
import { planOf } from "../plans.ts";

/** A field of such a name leads to another object, unless `exempt` says why it does not. */
const NAMES_SOMETHING = /(Name|Ref|Refs|Selector|SecretName|ClassName|ClaimName)$/;

/** Fields that lead to nothing in the plan, by the end of their path, and why. */
const exempt: readonly (readonly [end: RegExp, why: string])[] = [
  [/^status\./, "controllers write it"],
  [/\.status\.|^metadata\.generateName$|\.metadata\.generateName$/, "the API server or a controller writes it"],
  [/\.(fieldRef|resourceFieldRef)$/, "a field of the pod itself"],
  [/\.fileKeyRef$/, "a file in a volume; the volume is looked up"],
  [/\.resizePolicy\.resourceName$/, "cpu or memory"],
  [/\.windowsOptions\.(gmsaCredentialSpecName|runAsUserName)$/, "no node runs Windows"],
  [/(^|\.)nodeSelector$|\.nodeName$/, "nodes come from the cloud; fits-nodes schedules on them"],
  [/\.schedulerName$/, "the one scheduler"],
  [
    /^spec\.(podMonitor|serviceMonitor|probe|rule|scrapeConfig|alertmanagerConfig)(Namespace)?Selector$/,
    "what Prometheus and Alertmanager take in, of which none has to be there",
  ],
  [/^spec\.(affinity\..+|topologySpreadConstraints)\.labelSelector$/, "the pods that an operator makes of the object"],
  [/^spec\.portName$/, "the name that an operator gives to a port"],
  [
    /\.volumes\.(azureDisk|azureFile|flocker|gcePersistentDisk|iscsi|scaleIO|storageos|vsphereVolume)\.\w+Name$/,
    "a volume outside the cluster",
  ],
  [
    /\.(clusterTrustBundle|podCertificate)\.(signerName|labelSelector)$/,
    "a signer is a name in the certificates API, and a trust bundle may be optional",
  ],
  [/\.spec\.workloadRef$/, "a Workload of an alpha API that no cluster here serves"],
  [/\.schedulingGroup\.podGroupName$/, "a PodGroup of an alpha API that no cluster here serves"],
  [/^spec\.(jobTemplate\.spec\.)?manualSelector$/, "a boolean"],
  [/\.namespaceSelector$|\.objectSelector$/, "it narrows the selector or the rules beside it"],
  [
    /\.(dryRun|measurementRetention)\.metricName$|\.metricStat\.metric\.metricName$/,
    "a metric of the analysis itself, or of CloudWatch",
  ],
  [/\.kayenta\.\w+Name$/, "an account of a service outside the cluster"],
  [/\.valueFrom\.fieldRef$/, "a field of the object itself"],
  [/\.experiment\.templates\.specRef$/, "stable or canary"],
  [/\.setHeaderRoute\.match\.headerName$/, "a header"],
  [/\.istio\.destinationRule\.\w+SubsetName$/, "a subset that the rule itself defines"],
  [/^spec\.source\.helm\.releaseName$/, "the release that is made"],
  [/\.helm\.valuesObject\./, "a value of a chart; what the chart renders is looked up"],
  [/^spec\.paramRef$/, "of the kind that the policy's paramKind names; our policies have no parameters"],
  [/^spec\.commonName$/, "a name in the certificate"],
  [/\.externalName$/, "a host outside the cluster"],
  [/^spec\.secretName$|\.acme\.privateKeySecretRef$/, "the Secret that the controller makes"],
  [/^spec\.data\.remoteRef$/, "a path in the secret store; require-secret-source looks it up"],
  [/\.sessionPersistence\.sessionName$/, "a cookie"],
  [/\.scopeSelector(\.matchExpressions\.scopeName)?$/, "a property of pods, not a label"],
  [/^spec\.configPatches\.match\./, "a port or a host of the listeners that it patches; valid-filters judges them"],
  [/^spec\.workloadSelector$/, "our filters name their Gateway, as valid-filters asks"],
  [/\.tlsConfig\.serverName$/, "a name in the target's certificate"],
  [
    /^spec\.override\.statefulSet\.spec\.template\.spec\.volumes\./,
    "a volume of an operator's pods; require-secret-source looks it up",
  ],
  [/^spec\.imageName$/, "an image; no-floating-image judges it"],
  [/^spec\.template\.(hooks\.resources\.)?labelSelector$/, "a backup takes what bears the label when it runs"],
];

interface Schema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly [composition: string]: unknown;
}

const sets = await bundledSchemas();
const documents = Object.assign({}, ...sets.map((set) => set.documents)) as Readonly<Record<string, Schema>>;
const urls = Object.assign({}, ...sets.map((set) => set.kinds)) as Readonly<Record<string, string>>;

/** The path of every field of a schema, without indices. */
function fieldsOf(schema: Schema, at = "", above: readonly string[] = []): string[] {
  const { $ref, properties = {}, items, additionalProperties } = schema;
  if ($ref !== undefined) {
    return above.includes($ref) ? [] : fieldsOf(documents[$ref] ?? {}, at, [...above, $ref]);
  }
  const parts = ["anyOf", "oneOf", "allOf"].flatMap((key) => (schema[key] as Schema[] | undefined) ?? []);
  return [
    ...[...parts, ...(items ? [items] : [])].flatMap((part) => fieldsOf(part, at, above)),
    ...(typeof additionalProperties === "object"
      ? [`${at}.*`, ...fieldsOf(additionalProperties, `${at}.*`, above)]
      : []),
    ...Object.entries(properties).flatMap(([name, part]) => {
      const path = at === "" ? name : `${at}.${name}`;
      return [path, ...fieldsOf(part, path, above)];
    }),
  ];
}

/** Every field of an object, without indices. */
function fieldsIn(value: unknown, at = ""): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => fieldsIn(each, at));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const path = at === "" ? key : `${at}.${key}`;
    return [path, ...fieldsIn(inner, path)];
  });
}

const plans = await Promise.all(environmentNames.map(planOf));
const applied = plans.flatMap((plan) => appliedObjects(plan).map(({ object }) => object));
const inUse = new Map(applied.map((object) => [`${object.apiVersion}/${object.kind}`, kindOf(object)]));

const POD_SPECS = ["spec.template.spec", "spec.jobTemplate.spec.template.spec"];

/** Whether a field is in one of the tables. */
function isKnown(kind: string, field: string): boolean {
  const rows = Object.entries(references[kind] ?? {}).map(([at, row]): [string, Row] => [
    at,
    typeof row === "string" ? { to: row } : row,
  ]);
  const parts = ["secretName", "claimName", "sectionName"];
  return (
    rows.some(([at, { name }]) => at === field || [...parts, name].some((part) => `${at}.${part ?? ""}` === field)) ||
    (selectorRows[kind] ?? []).some(({ at }) => at === field) ||
    POD_SPECS.some((spec) => localRows.some(({ at }) => `${spec}.${at}` === field)) ||
    /(onExitCodes\.containerName|scaleTargetRef\.envSourceContainerName)$/.test(field)
  );
}

const isExempt = (field: string): boolean => exempt.some(([end]) => end.test(field));
const strays = (kind: string, fields: readonly string[]): string[] =>
  [...new Set(fields)].filter((field) => NAMES_SOMETHING.test(field) && !isKnown(kind, field) && !isExempt(field));

describe("every field that by its name leads to another object is in the tables, or exempt with a reason:", () => {
  test.each([...inUse].filter(([url]) => url in urls))("%s", (url, kind) => {
    expect(strays(kind, fieldsOf(documents[urls[url] ?? ""] ?? {}))).toEqual([]);
  });

  test("in what is rendered without a schema of ours", () => {
    const without = applied.filter(({ apiVersion, kind }) => !(`${apiVersion}/${kind}` in urls));
    const others = applied.filter(({ kind }) => kind !== "CustomResourceDefinition");
    for (const object of [...without, ...others]) expect(strays(kindOf(object), fieldsIn(object))).toEqual([]);
  });
});

test("every reference to a key of a Secret is in the table", () => {
  // A selector of a key has exactly these fields, whatever it is called.
  const isKeySelector = (fields: readonly string[], at: string): boolean =>
    ["key", "name"].every((part) => fields.includes(`${at}.${part}`)) &&
    fields.filter((field) => field.startsWith(`${at}.`)).every((field) => /\.(key|name|optional)$/.test(field));
  for (const [url, kind] of inUse) {
    const fields = fieldsOf(documents[urls[url] ?? ""] ?? {});
    const found = fields.filter((field) => isKeySelector(fields, field) && !field.includes("env.valueFrom"));
    expect(
      found.filter((field) => !isKnown(kind, field) && !isExempt(field)),
      url,
    ).toEqual([]);
  }
});

test("each exemption is of a field that exists", () => {
  const fields = [...inUse.keys()].flatMap((url) => fieldsOf(documents[urls[url] ?? ""] ?? {}));
  const named = [...new Set([...fields, ...applied.flatMap((object) => fieldsIn(object))])].filter((field) =>
    NAMES_SOMETHING.test(field),
  );
  expect(exempt.filter(([end]) => !named.some((field) => end.test(field)))).toEqual([]);
});

test("each place in the tables is one that the schema of its kind has", () => {
  const unknown = [...inUse].flatMap(([url, kind]) => {
    const fields = new Set(fieldsOf(documents[urls[url] ?? ""] ?? {}));
    if (fields.size === 0) return [];
    const places = [...Object.keys(references[kind] ?? {}), ...(selectorRows[kind] ?? []).map(({ at }) => at)];
    return places.filter((at) => !fields.has(at) && !/\[|ephemeralContainers/.test(at)).map((at) => `${kind} ${at}`);
  });
  expect([...new Set(unknown)]).toEqual([]);
});
