import { count } from "../platform/count.ts";
import type { Finding } from "../plan/model/plan.ts";
import { costsOf, formatUsd } from "../proofs/evaluation/costs.ts";
import type { Loss, ShortWorkload } from "../proofs/evaluation/losses.ts";
import { type Html, html } from "./html.ts";
import { describeShort, stopped, worstOf } from "./losses.ts";
import { fails, type Shown } from "./shown.ts";
import { verdictOf } from "./verdict.ts";

/** What will run where, what it costs, what may talk to what, and what a lost zone or GPU leaves: a card for each environment, failing ones first. */
export function overview(shown: readonly Shown[]): Html {
  const cards = [...shown.filter(fails), ...shown.filter((each) => !fails(each))];
  return html`<section class="cards" aria-label="Overview">${cards.map(card)}</section>`;
}

function card(shown: Shown): Html {
  const { plan, findings, losses } = shown;
  const { environment, cloud, kubernetesVersion } = plan;
  const zone = worstOf(losses.filter((loss) => loss.zone !== undefined));
  const gpus = losses.find((loss) => loss.zone === undefined);
  const zoneRow: Row = ["If a zone is lost", lost(zone, "the nodes show no zones: they are one failure domain")];
  const rows: Row[] = [
    ["Runs on", html`${cloud}, Kubernetes ${kubernetesVersion}<br />${nodes(shown)}`],
    ["Runs", html`${workloads(shown)}`],
    ["Costs", cost(shown)],
    ["Connections", connections(shown)],
    zoneRow,
    ["If the GPUs are lost", lost(gpus, "there are none")],
  ];
  const stops = zone !== undefined && stopped(zone) > 0;
  return html`<article class="card ${fails(shown) ? "bad" : ""}">
    <h2><a href="#${environment}">${environment}</a></h2>
    <p>${verdict(findings)}</p>
    <dl>
      ${(stops ? [zoneRow, ...rows.filter((row) => row !== zoneRow)] : rows).map(
        ([title, content]) =>
          html`<dt>${title}</dt>
            <dd>${content}</dd>`,
      )}
    </dl>
  </article>`;
}

type Row = readonly [title: string, content: Html];

/** Failed proofs by name: what is wrong must be read without unfolding anything. */
function verdict(findings: readonly Finding[]): Html {
  const of = (wanted: ReturnType<typeof verdictOf>): readonly Finding[] =>
    findings.filter((finding) => verdictOf(finding) === wanted);
  const [failed, notJudged] = [of("fails"), of("not judged")];
  const rest = html`<span class="quiet"
    >${count(of("holds").length, "proof holds", "proofs hold")}${notJudged.length > 0 ? `, ${notJudged.length} not judged` : ""}</span
  >`;
  if (failed.length === 0) return html`<b class="good">No proof fails</b> ${rest}`;
  return html`<b class="bad">${count(failed.length, "proof fails", "proofs fail")}:</b>
    ${failed.map(({ proof }) => html`<code class="bad">${proof}</code> `)} ${rest}`;
}

function nodes({ plan: { nodeGroups } }: Shown): string {
  const sum = (amount: (group: (typeof nodeGroups)[number]) => number): number =>
    nodeGroups.reduce((total, group) => total + amount(group), 0);
  const [min, max] = [sum((group) => group.min), sum((group) => group.max)];
  const zones = new Set(nodeGroups.flatMap(({ zone }) => zone ?? []));
  const pools = new Set(nodeGroups.map(({ pool }) => pool));
  return [
    min === max ? count(min, "node") : `${min} to ${count(max, "node")}`,
    `in ${count(pools.size, "pool")}`,
    ...(zones.size > 0 ? [`over ${count(zones.size, "zone")}`] : []),
  ].join(" ");
}

function workloads({ plan: { podSources, addons, objects, resources } }: Shown): string {
  const own = podSources.filter(({ addon, kind }) => addon === undefined && kind !== "Job" && kind !== "CronJob");
  return `${count(own.length, "workload")} and ${count(addons.length, "add-on")}, by ${count(objects.length, "object")} and ${count(resources.length, "cloud resource")}`;
}

/** A bar up to the budget, or else up to the maximum. */
function cost({ plan }: Shown): Html {
  const { total } = costsOf(plan);
  const { budget } = plan.expected;
  if (total.max === 0 && budget === undefined) return html`nothing that has a price`;
  const share = (usd: number): number => Math.min(100, Math.round((100 * usd) / (budget ?? total.max)));
  const over = budget !== undefined && total.max > budget;
  return html`<b>${formatUsd(total.expected)}</b> a month
    <span class="quiet">(${formatUsd(total.min)} to ${formatUsd(total.max)})</span>
    <span class="meter ${over ? "over" : ""}"
      ><i style="width:${share(total.max)}%"></i><b style="width:${share(total.expected)}%"></b
    ></span>
    <span class="${over ? "bad" : "quiet"}"
      >${budget === undefined ? "no budget" : `budget ${formatUsd(budget)}`}</span
    >`;
}

function connections({ connectivity }: Shown): Html {
  const wrong = connectivity.filter(({ allowed, expected }) => allowed !== expected).length;
  return html`${connectivity.filter(({ allowed }) => allowed).length} open,
  ${wrong > 0 ? html`<b class="bad">${wrong} not as expected</b>` : "all as expected"}`;
}

/** What a loss leaves. */
function lost(loss: Loss | undefined, none: string): Html {
  if (!loss) return html`<span class="quiet">${none}</span>`;
  if (loss.short.length === 0) return html`every workload keeps its minimum`;
  return html`${loss.zone === undefined ? "" : `${loss.zone}:`}
    <ul>
      ${loss.short.map((each) => html`<li>${describeShort(nameOf(each), each)}</li>`)}
    </ul>`;
}

/** `api` of `Deployment application/api`. */
const nameOf = ({ source }: ShortWorkload): string => source.split(/[ /]/).at(-1) ?? source;
