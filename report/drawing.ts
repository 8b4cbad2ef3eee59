import { formatBytes, formatMillicores } from "../platform/quantity.ts";
import type { NodeGroup } from "../plan/model/nodes.ts";
import type { Plan } from "../plan/model/plan.ts";
import { manifestLinks } from "./files.ts";
import { type Html, html } from "./html.ts";
import type { Shown } from "./shown.ts";

interface Inhabitant {
  readonly name: string;
  readonly kind: string;
  readonly count: string;
  /** Where it is described: a manifest, or a resource of the page. @default - nowhere */
  readonly link?: string | undefined;
}

const POOL = "workload";

/** The environment as it stands: pools across zones, what runs on each, and what is kept outside of the cluster. */
export function drawingSection(shown: Shown): Html {
  const { plan } = shown;
  const linkOf = manifestLinks(shown);
  const zones = [...new Set(plan.nodeGroups.map(({ zone }) => zone ?? "the region"))];
  const pools = [...new Set(plan.nodeGroups.map(({ pool }) => pool))];
  return html`<section>
    <h3>The environment</h3>
    <div class="scroll" tabindex="0" role="region" aria-label="Pools of ${plan.environment}">
      <div class="map" style="--zones:${zones.length}">
        <span></span>${zones.map((zone) => html`<span class="zone">${zone}</span>`)}
        ${pools.map(
          (pool) =>
            html`<span class="pool">${pool}</span>
              ${zones.map((zone) =>
                cell(plan.nodeGroups.filter((group) => group.pool === pool && (group.zone ?? "the region") === zone)),
              )}
              <div class="runs">${inhabitantsOf(plan, pool, linkOf).map(chip)}</div>`,
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

function inhabitantsOf(
  { podSources, operatedPods }: Plan,
  pool: string,
  linkOf: (description: string) => string | undefined,
): Inhabitant[] {
  return [
    ...podSources
      .filter(({ spec }) => spec.nodeSelector?.[POOL] === pool)
      .map(({ name, kind, replicas, description, addon }) => ({
        ...{ name, kind, count: range(replicas) },
        link: addon === undefined ? linkOf(description) : undefined,
      })),
    ...operatedPods
      .filter(({ nodeSelector }) => nodeSelector[POOL] === pool)
      .map(({ name, by, replicas }) => ({
        ...{ name, kind: by.split(" ")[0] ?? "", count: range(replicas) },
        link: linkOf(by),
      })),
  ];
}

const range = ({ min, max }: { readonly min: number; readonly max: number }): string =>
  min === max ? String(min) : `${min} to ${max}`;

const chip = ({ name, kind, count, link }: Inhabitant): Html =>
  html`<span class="chip"
    ><b>${link === undefined ? name : html`<a href="${link}">${name}</a>`}</b> <small>${kind} · ${count}</small></span
  >`;

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
  const things = resources.flatMap(({ urn, type, name, protect }): Inhabitant[] => {
    const kind = kept[type];
    if (kind === undefined) return [];
    return [{ name, kind, count: protect ? "protected" : "may be deleted", link: `#${urn}` }];
  });
  if (things.length === 0) return html``;
  return html`<p class="outside"><span class="quiet">Outside of the cluster</span> ${things.map(chip)}</p>`;
}
