import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Source } from "../../platform/addon.ts";
import { UserError } from "../../platform/faults.ts";
import { prepareChart } from "./chart.ts";
import type { Recordable } from "./contexts.ts";
import { digestOfFiles, output } from "./files.ts";
import { kustomizationFiles, renderKustomization, yamlFiles } from "./kustomization.ts";
import type { Programs } from "./programs.ts";

/** The Kubernetes minor that charts are rendered for. */
const KUBERNETES = "1.35.0";

/** One version of a source, ready to be rendered. */
export interface PreparedSource {
  readonly digest: string;
  readonly leftOut?: readonly string[];
  /** What values.yaml has. @default - any values are taken */
  readonly defaults?: object;
  readonly render: (values: object) => string;
}

export interface SourceRequest {
  readonly version: string;
  /** A chart's folder or archive, or the work tree of a repository at the version. @default - fetched */
  readonly given: string | undefined;
  /** The values of every shape: they decide which sub-charts are used. */
  readonly values: readonly object[];
  /** An empty folder. */
  readonly work: string;
}

export function prepareSource(programs: Programs, addon: Recordable, request: SourceRequest): PreparedSource {
  const { source } = addon.delivery;
  if (source.kind === "chart") return chartSource(programs, addon, { ...request, source });
  return folderSource(programs, source, request);
}

function chartSource(
  { helm }: Programs,
  { name, namespace }: Recordable,
  { source, version, given, values, work }: SourceRequest & { source: Extract<Source, { kind: "chart" }> },
): PreparedSource {
  const chart = prepareChart(helm, { given: given ?? pulled(helm, source, { version, work }), work, values });
  if (chart.name !== source.chart || chart.version !== version) {
    throw new UserError(
      `Add-on '${name}': ${given ?? source.repository} is chart '${chart.name}' ${chart.version}, and the descriptor lists ` +
        `'${source.chart}' ${version}. Give that version, or change the descriptor.`,
    );
  }
  const fixed = ["--namespace", namespace.name, "--include-crds", "--skip-tests", "--kube-version", KUBERNETES];
  const file = join(work, "values.json");
  return {
    digest: chart.digest,
    leftOut: chart.leftOut,
    defaults: chart.defaults,
    render: (own) => {
      writeFileSync(file, JSON.stringify(own));
      return output(helm, ["template", name, chart.folder, ...fixed, "--values", file]);
    },
  };
}

function pulled(
  helm: string,
  { repository, chart }: Extract<Source, { kind: "chart" }>,
  { version, work }: { version: string; work: string },
): string {
  const from = repository.startsWith("oci://") ? [`${repository}/${chart}`] : [chart, "--repo", repository];
  output(helm, ["pull", ...from, "--version", version, "--destination", work]);
  return join(work, `${chart}-${version}.tgz`);
}

function folderSource(
  { kustomize }: Programs,
  { kind, path, repository: url }: Extract<Source, { path: string }>,
  { version, given, work }: SourceRequest,
): PreparedSource {
  const repository = given ?? cloned(url, version, join(work, "repository"));
  if (!existsSync(join(repository, path))) {
    throw new UserError(`${repository} has no '${path}'. Name the work tree of ${url} at ${version}.`);
  }
  if (kind === "files") {
    const files = yamlFiles(join(repository, path)).map((file) => `${path}/${file}`);
    const text = files.map((file) => readFileSync(join(repository, file), "utf8")).join("\n---\n");
    return { digest: digestOfFiles(repository, files), render: () => text };
  }
  return {
    digest: digestOfFiles(repository, kustomizationFiles(repository, path)),
    render: (options) =>
      renderKustomization(kustomize, {
        repository,
        folder: path,
        options,
        work: mkdtempSync(join(work, "rendering-")),
      }),
  };
}

function cloned(url: string, tag: string, into: string): string {
  output("git", ["clone", "--quiet", "--depth", "1", "--branch", tag, url, into]);
  return into;
}
