import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { UserError } from "../../platform/faults.ts";
import { digestOfFiles, filesBelow, output } from "./files.ts";
import { fieldsOf } from "./kept-fields.ts";

interface Dependency {
  readonly name: string;
  readonly version: string;
  readonly alias?: string;
  readonly condition?: string;
}

interface ChartFile {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: readonly Dependency[];
}

interface Subcharts {
  readonly kept: readonly Dependency[];
  readonly leftOut: readonly Dependency[];
}

/** A chart in a folder, as Helm loads it. */
export interface Chart {
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  readonly digest: string;
  /** Sub-charts that nothing enables. */
  readonly leftOut: readonly string[];
  /** What values.yaml has, with the sub-charts' under their names. */
  readonly defaults: object;
}

/**
 * Prepares a chart in `work`. Sub-charts that none of `values` enables are left out, so that a folder without them and a packaged
 * chart with them give the same digest.
 */
export function prepareChart(
  helm: string,
  { given, work, values }: { given: string; work: string; values: readonly object[] },
): Chart {
  const folder = unpacked(given, join(work, "given"));
  const file = readYaml(join(folder, "Chart.yaml")) as ChartFile;
  const defaults = readYaml(join(folder, "values.yaml")) as object;
  const enabled = (each: Dependency): boolean => values.some((own) => isEnabled(each, own, defaults));
  const kept = file.dependencies?.filter(enabled) ?? [];
  const leftOut = file.dependencies?.filter((each) => !enabled(each)) ?? [];
  for (const each of kept) requireSubchart(folder, file, each);
  removeSubcharts(folder, file, { kept, leftOut });
  output(helm, ["package", folder, "--destination", join(work, "packaged")]);
  const loaded = unpacked(join(work, "packaged", `${file.name}-${file.version}.tgz`), join(work, "loaded"));
  return {
    folder: loaded,
    name: file.name,
    version: file.version,
    digest: digestOfFiles(
      loaded,
      filesBelow(loaded).filter((path) => !/(^|\/)(Chart\.lock|\.helmignore)$/.test(path)),
    ),
    leftOut: leftOut.map(({ name }) => name),
    defaults: allDefaults(defaults, loaded, { kept, leftOut }),
  };
}

/** The chart's folder: a copy of it, or what its archive holds. */
function unpacked(given: string, into: string): string {
  if (!existsSync(given)) throw new UserError(`${given} does not exist. Name a chart's folder or its .tgz file.`);
  mkdirSync(into, { recursive: true });
  if (statSync(given).isDirectory()) {
    cpSync(given, join(into, "chart"), { recursive: true });
    return join(into, "chart");
  }
  output("tar", ["-xzf", given, "-C", into]);
  const [folder, ...others] = readdirSync(into);
  if (folder === undefined || others.length > 0)
    throw new UserError(`${given} is not a packaged chart: it must hold one folder.`);
  return join(into, folder);
}

function readYaml(file: string): unknown {
  if (!existsSync(file)) throw new UserError(`${file} does not exist. Name a chart's folder or its .tgz file.`);
  return parse(readFileSync(file, "utf8")) ?? {};
}

/** As Helm decides: the first path of the condition that leads to a boolean counts, and without one it is enabled. */
function isEnabled({ condition = "" }: Dependency, values: object, defaults: object): boolean {
  const paths = condition.split(",").map((path) => path.trim().split("."));
  const found = paths.map((path) => valueAt(values, path) ?? valueAt(defaults, path));
  return found.find((value): value is boolean => typeof value === "boolean") ?? true;
}

const valueAt = (values: unknown, path: readonly string[]): unknown =>
  path.reduce((value, key) => fieldsOf(value)[key], values);

/** Where a sub-chart is: a folder or an archive. */
const subchartIn = (folder: string, { name }: Dependency): string[] =>
  !existsSync(join(folder, "charts"))
    ? []
    : readdirSync(join(folder, "charts")).filter(
        (each) => each === name || new RegExp(`^${name}-v?\\d.*\\.tgz$`).test(each),
      );

function requireSubchart(folder: string, chart: ChartFile, dependency: Dependency): void {
  if (subchartIn(folder, dependency).length > 0) return;
  throw new UserError(
    `Chart '${chart.name}' ${chart.version}: its sub-chart '${dependency.name}' ${dependency.version} is enabled and not in charts/. ` +
      "Run 'helm dependency build' there, or give the packaged chart.",
  );
}

function removeSubcharts(folder: string, file: ChartFile, { kept, leftOut }: Subcharts): void {
  for (const each of leftOut)
    for (const path of subchartIn(folder, each)) rmSync(join(folder, "charts", path), { recursive: true });
  rmSync(join(folder, "Chart.lock"), { force: true });

  writeFileSync(join(folder, "Chart.yaml"), stringify({ ...file, dependencies: kept }));
}

/**
 * What values.yaml has, and below a sub-chart's name what its own values.yaml has. What is left out takes any values: nothing
 * reads them.
 */
function allDefaults(defaults: object, folder: string, { kept, leftOut }: Subcharts): object {
  const own = fieldsOf(defaults);
  return {
    ...Object.fromEntries(leftOut.map(({ name, alias }) => [alias ?? name, {}])),
    ...own,
    ...Object.fromEntries(
      kept.map((each) => {
        const key = each.alias ?? each.name;
        return [key, { ...defaultsOf(folder, each), ...fieldsOf(own[key]) }];
      }),
    ),
  };
}

/** A chart may do without values. */
const defaultsOf = (folder: string, { name }: Dependency): object => {
  const file = join(folder, "charts", name, "values.yaml");
  return existsSync(file) ? fieldsOf(readYaml(file)) : {};
};
