import { count } from "../platform/count.ts";
import { formatBytes, formatMillicores } from "../platform/quantity.ts";
import { groupBy } from "../platform/group-by.ts";
import type { NodeGroup } from "../plan/model/nodes.ts";
import type { Plan } from "../plan/model/plan.ts";
import { largestFirst } from "../proofs/evaluation/arrival-orders.ts";
import { nodesOf, podsOf, type Size } from "../proofs/evaluation/packing.ts";
import { type Node, place } from "../proofs/evaluation/scheduling.ts";
import { type Html, html } from "./html.ts";

interface Level {
  readonly title: string;
  readonly nodes: (group: NodeGroup) => number;
  readonly pods: (size: Size) => number;
}

/** What pods request of a pool's nodes, in three situations. */
export function capacitySection(plan: Plan): Html {
  const levels = levelsOf(plan).map((level) => ({ ...level, ...packed(plan, level) }));
  const pools = [...new Set(plan.nodeGroups.map(({ pool }) => pool))];
  return html`<section id="${plan.environment}-capacity">
    <h3>Capacity</h3>
    <div class="scroll" tabindex="0" role="region" aria-label="Capacity of ${plan.environment}">
      <table>
        <thead>
          <tr>
            <th>pool</th>
            ${levels.map(({ title }) => html`<th>${title}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${pools.map(
            (pool) =>
              html`<tr>
                <th scope="row">${pool}</th>
                ${levels.map(({ byPool }) => html`<td>${useOf(byPool.get(pool) ?? [])}</td>`)}
              </tr>`,
          )}
          <tr>
            <th scope="row">without room</th>
            ${levels.map(({ left }) => html`<td class="${left === 0 ? "good" : "bad"}">${left === 0 ? "none" : count(left, "pod")}</td>`)}
          </tr>
        </tbody>
      </table>
    </div>
  </section>`;
}

function levelsOf({ nodeGroups }: Plan): Level[] {
  const zones = [...new Set(nodeGroups.map(({ zone }) => zone))];
  const most = ({ replicas, surge }: Size): number => replicas.max + surge;
  const [lost] = zones;
  return [
    { title: "at the fewest", nodes: ({ min }) => min, pods: ({ replicas }) => replicas.min },
    { title: "at the most, a rollout under way", nodes: ({ max }) => max, pods: most },
    ...(zones.length > 1
      ? [
          {
            title: `zone ${lost ?? ""} lost, at the fewest replicas`,
            nodes: ({ zone, max }: NodeGroup) => (zone === lost ? 0 : max),
            pods: ({ replicas }: Size) => replicas.min,
          },
        ]
      : []),
  ];
}

function packed(plan: Plan, { nodes, pods }: Level): { byPool: ReadonlyMap<string, readonly Node[]>; left: number } {
  const placed = nodesOf(plan, nodes);
  const left = place(largestFirst(podsOf(plan, pods)), placed);
  return { byPool: groupBy(placed, ({ pool }) => pool), left: left.length };
}

function useOf(nodes: readonly Node[]): Html {
  if (nodes.length === 0) return html`<span class="quiet">no node</span>`;
  const sum = (amount: (node: Node) => number): number => nodes.reduce((total, node) => total + amount(node), 0);
  const [cpu, cpuRoom] = [sum(({ used }) => used.cpu), sum(({ allocatable }) => allocatable.cpu)];
  const [memory, memoryRoom] = [sum(({ used }) => used.memory), sum(({ allocatable }) => allocatable.memory)];
  const gpus = sum(({ allocatable }) => allocatable.gpus);
  return html`<span class="quiet"
      >${count(
        sum(({ pods }) => pods.length),
        "pod",
      )}
      on ${count(nodes.length, "node")}</span
    >
    ${bar("CPU", cpu / cpuRoom, `${formatMillicores(cpu)} of ${formatMillicores(cpuRoom)}`)}
    ${bar("memory", memory / memoryRoom, `${formatBytes(memory)} of ${formatBytes(memoryRoom)}`)}
    ${gpus > 0 ? bar("GPU", sum(({ used }) => used.gpus) / gpus, `${sum(({ used }) => used.gpus)} of ${gpus}`) : undefined}`;
}

function bar(label: string, share: number, title: string): Html {
  const percent = Math.round(share * 100);
  return html`<div class="bar" title="${title}">
    <span>${label}</span><i><b style="width:${percent}%"></b></i><span>${percent} %</span>
  </div>`;
}
