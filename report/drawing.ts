import { formatBytes, formatMillicores } from "../platform/quantity.ts";
import type { NodeGroup } from "../plan/model/nodes.ts";
import type { Plan } from "../plan/model/plan.ts";
import { type Html, html } from "./html.ts";

interface Inhabitant {
  readonly name: string;
  readonly kind: string;
  readonly count: string;
}

const POOL = "workload";

/** The environment as it stands: pools across zones, what runs on each, and what is kept outside of the cluster. */
export function drawingSection(plan: Plan): Html {
  const zones = [...new Set(plan.nodeGroups.map(({ zone }) => zone ?? "the region"))];
  const pools = [...new Set(plan.nodeGroups.map(({ pool }) => pool))];
  return html`<section>
    <h3>The environment</h3>
    <div class="scroll">
      <div class="map" style="--zones:${zones.length}">
        <span></span>${zones.map((zone) => html`<span class="zone">${zone}</span>`)}
        ${pools.map(
          (pool) =>
            html`<span class="pool">${pool}</span>
              ${zones.map((zone) =>
                cell(plan.nodeGroups.filter((group) => group.pool === pool && (group.zone ?? "the region") === zone)),
              )}
              <div class="runs">${inhabitantsOf(plan, pool).map(chip)}</div>`,
        )}
      </div>
    </div>
    ${outside(plan)}
  </section>`;
}

function cell(groups: readonly NodeGroup[]): Html {
  if (groups.length === 0) return html`<span class="nodes none"></span>`;
  const [{ allocatable }] = groups as [NodeGroup];
  const room = [
    `${formatMillicores(allocatable.cpu)} CPU`,
    formatBytes(allocatable.memory),
    ...(allocatable.gpus > 0 ? [`${allocatable.gpus} GPU`] : []),
  ].join(", ");
  return html`<span class="nodes">
    ${groups.map(({ min, max, spot }) => html`<b class="${spot ? "spot" : ""}">${min === max ? min : `${min} to ${max}`} ${spot ? "spot" : max === 1 ? "node" : "nodes"}</b>`)}
    <small>${room} each</small>
  </span>`;
}

function inhabitantsOf({ podSources, operatedPods }: Plan, pool: string): Inhabitant[] {
  return [
    ...podSources
      .filter(({ spec }) => spec.nodeSelector?.[POOL] === pool)
      .map(({ name, kind, replicas }) => ({ name, kind, count: range(replicas) })),
    ...operatedPods
      .filter(({ nodeSelector }) => nodeSelector[POOL] === pool)
      .map(({ name, by, replicas }) => ({ name, kind: by.split(" ")[0] ?? "", count: range(replicas) })),
  ];
}

const range = ({ min, max }: { readonly min: number; readonly max: number }): string =>
  min === max ? String(min) : `${min} to ${max}`;

const chip = ({ name, kind, count }: Inhabitant): Html =>
  html`<span class="chip"><b>${name}</b> <small>${kind} · ${count}</small></span>`;

/** What holds data in the cloud, by the types that do. */
const kept: Readonly<Record<string, string>> = {
  "aws:rds/instance:Instance": "Postgres",
  "linode:index/databasePostgresqlV2:DatabasePostgresqlV2": "Postgres",
  "aws:s3/bucket:Bucket": "bucket",
  "linode:index/objectStorageBucket:ObjectStorageBucket": "bucket",
  "aws:efs/fileSystem:FileSystem": "file system",
  "aws:route53/zone:Zone": "DNS zone",
  "linode:index/domain:Domain": "DNS zone",
};

function outside({ resources }: Plan): Html {
  const things = resources.flatMap(({ type, name, protect }) => {
    const kind = kept[type];
    return kind === undefined ? [] : [{ name, kind, count: protect ? "protected" : "may be deleted" }];
  });
  if (things.length === 0) return html``;
  return html`<p class="outside"><span class="quiet">Outside of the cluster</span> ${things.map(chip)}</p>`;
}
