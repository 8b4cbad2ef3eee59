import type { ValuesContext } from "../../platform/addon.ts";
import { Hole } from "../../platform/hole.ts";
import { z } from "zod";
import { contextsOf, type Recordable } from "../../addons/recording/contexts.ts";
import type { AddonRecord } from "../../addons/recording/record.ts";
import { recordVersion } from "../../addons/recording/record-addon.ts";

export type Options = Record<string, unknown>;
export type Values = (context: ValuesContext<Options>) => object;
/** What stands in for a chart: values in, objects out. */
export type Render = (values: Options) => object[];

const options = z.strictObject({
  memory: z
    .string()
    .regex(/^\d+Mi$/)
    .default("64Mi"),
  replicas: z.int().min(1).default(1),
  metrics: z.boolean().default(false),
});

export const addonWith = (values: Values, own: z.ZodObject = options): Recordable => ({
  name: "cache",
  options: own,
  clouds: ["local"],
  namespace: { name: "data" },
  delivery: {
    by: "application",
    source: { kind: "chart", repository: "https://charts.example.com", chart: "cache", versions: ["1.0.0"] },
    values: (context) => values(context as ValuesContext<Options>),
  },
});

/** A record of a source that a function renders instead of Helm. */
export function record(addon: Recordable, render: Render, defaults?: object): AddonRecord {
  const source = {
    digest: "source",
    ...(defaults && { defaults }),
    render: (given: object) =>
      render(given as Options)
        .map((object) => JSON.stringify(object))
        .join("\n---\n"),
  };
  return { addon: addon.name, source: {}, versions: { "1.0.0": recordVersion(addon, "1.0.0", source) } };
}

export const deployment = (spec: object): object => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "cache" },
  spec,
});
export const holes: Values = ({ options: { memory, replicas, metrics } }) => ({
  memory: Hole.quantity("memory", String(memory)),
  replicas: Hole.number("replicas", Number(replicas)),
  metrics,
});
export const chart: Render = ({ memory, replicas, metrics }) => [
  deployment({
    replicas,
    args: [`--memory=${String(memory)}`, `--peers=${String(replicas)}`],
    resources: { requests: { memory } },
  }),
  ...(metrics
    ? [{ apiVersion: "v1", kind: "Service", metadata: { name: "metrics" }, spec: { ports: [{ port: 9121 }] } }]
    : []),
];
export const contextWith = (own: Options): ValuesContext<Options> => {
  const [first] = contextsOf(addonWith(holes));
  if (!first) throw new Error("An add-on has no context.");
  return { ...first.context, options: own };
};
