import { groupBy } from "../platform/group-by.ts";
import { count } from "../platform/count.ts";
import { describeObject } from "../plan/model/kubernetes.ts";
import { layerOf } from "../plan/model/layers.ts";
import type { RecordedResource } from "../plan/model/recorded.ts";
import { folded } from "./folded.ts";
import { type Html, html } from "./html.ts";
import type { Shown } from "./shown.ts";

/** Every object with its manifest, and every cloud resource with its inputs. */
export function filesSection(shown: Shown): Html {
  const { plan, folder } = shown;
  return html`<section id="${plan.environment}-files">
    <h3>Objects and resources</h3>
    <p class="quiet">
      Links lead to the files beside this page; <a href="${folder}/plan.json">plan.json</a> holds everything.
    </p>
    ${objects(shown)} ${resources(shown)}
  </section>`;
}

/** The manifest of an object by its description, as `Deployment application/api`; undefined if it is not one of ours. */
export function manifestLinks({ plan, folder }: Shown): (description: string) => string | undefined {
  const paths = new Map(plan.objects.map(({ path, manifest }) => [describeObject(manifest), path]));
  return (description) => {
    const path = paths.get(description);
    return path === undefined ? undefined : `${folder}/manifests/${path}`;
  };
}

function objects({ plan, folder }: Shown): Html[] {
  const layers = groupBy(plan.objects, ({ path }) => path.split("/")[0] ?? "");
  return [...layers].map(([layer, same]) =>
    folded(
      html`${layer}: ${count(same.length, "object")}`,
      html`<ul class="files">
        ${same.map(({ path }) => html`<li><a href="${folder}/manifests/${path}">${path.split("/")[1] ?? path}</a></li>`)}
      </ul>`,
    ),
  );
}

function resources({ plan }: Shown): Html[] {
  const layer = layerOf(plan.resources);
  return [...groupBy(plan.resources, layer)].map(([name, same]) =>
    folded(html`${name}: ${count(same.length, "cloud resource")}`, html`${same.map(resource)}`),
  );
}

const resource = (each: RecordedResource): Html =>
  html`<details id="${each.urn}">
    <summary>${each.name} <small>${each.type}${each.protect ? ", protected" : ""}</small></summary>
    <pre tabindex="0">${JSON.stringify(each.inputs, null, 1)}</pre>
  </details>`;
