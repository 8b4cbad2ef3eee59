import { describe, expect, test } from "vitest";
import { roles, scopesOfRole } from "../../services/api/roles.ts";
import type { Graph } from "../../services/console/web/src/api/openapi.d.ts";
import { filtersIn, queryOf, searchOf } from "../../services/console/web/src/audit/filters.ts";
import { parseItems } from "../../services/console/web/src/evaluations/parse-items.ts";
import { grantableRoles } from "../../services/console/web/src/members/roles.ts";
import { edgesOf, predecessorsOf } from "../../services/console/web/src/workflows/edges.ts";
import { inputsOf, parseInputs, templateOf } from "../../services/console/web/src/workflows/inputs.ts";
import { layOut } from "../../services/console/web/src/workflows/lay-out.ts";
import {
  edgesOf as edgesOfWorker,
  graphSchema,
  predecessorsOf as before,
} from "../../services/shared/workflows/graph.ts";

const graph = graphSchema.parse({
  nodes: [
    { name: "research", type: "prompt", prompt: "echo", variables: { text: "inputs.topic + inputs.topic" } },
    { name: "points", type: "map", prompt: "echo", over: "inputs.points", variables: { text: "item" } },
    { name: "short", type: "condition", if: "inputs.short", after: ["research"], then: ["agreed"], else: ["pause"] },
    { name: "agreed", type: "approval" },
    { name: "pause", type: "wait", seconds: 1, after: ["points"] },
    { name: "same", type: "condition", if: "true", after: ["pause"], then: ["end"], else: ["end"] },
    { name: "end", type: "approval", after: ["agreed", "same"] },
  ],
  output: "inputs.last",
}) as Graph;

describe("the drawing of a workflow", () => {
  test("has the edges that a worker follows", () => {
    for (const [name, edges] of edgesOfWorker(graph)) {
      const drawn = edgesOf(graph).filter(({ to }) => to === name);
      expect(drawn.map(({ from }) => from).toSorted(), name).toEqual(before(edges).toSorted());
    }
    expect(predecessorsOf(graph, "agreed")).toEqual(["short (then)"]);
    expect(predecessorsOf(graph, "end").toSorted()).toEqual(["agreed", "same (then, else)"]);
  });

  test("has each node below those that lead to it, and no two nodes over each other", () => {
    const { nodes, width, height } = layOut(graph);
    const at = (name: string): { readonly x: number; readonly y: number; readonly width: number } =>
      nodes.find((node) => node.name === name) ?? { x: NaN, y: NaN, width: NaN };
    for (const { from, to } of edgesOf(graph)) expect(at(from).y).toBeLessThan(at(to).y);
    for (const one of nodes) {
      expect(one.x - one.width / 2).toBeGreaterThanOrEqual(0);
      expect([one.x + one.width / 2 <= width, one.y <= height]).toEqual([true, true]);
      const beside = nodes.filter((other) => other !== one && other.y === one.y);
      for (const other of beside) expect(Math.abs(other.x - one.x)).toBeGreaterThan((other.width + one.width) / 2);
    }
  });
});

describe("the inputs of a workflow", () => {
  test("are those that its expressions name, each once", () => {
    expect(inputsOf(graph)).toEqual(["topic", "points", "short", "last"]);
    expect(JSON.parse(templateOf(graph))).toEqual({ topic: "", points: "", short: "", last: "" });
  });

  test("are a JSON object, and what is wrong with other text is said", () => {
    expect(parseInputs('{"topic": [1]}')).toEqual({ topic: [1] });
    expect(() => parseInputs("{")).toThrow("The inputs are no JSON");
    for (const text of ["[]", "null", '"topic"']) expect(() => parseInputs(text)).toThrow("must be a JSON object");
  });
});

test("a user may grant the roles of which they have every scope, and no others", () => {
  for (const own of roles) {
    const permitted = roles.filter((role) =>
      scopesOfRole[role].every((scope) => scopesOfRole[own].some((has) => has === scope)),
    );
    expect(grantableRoles(own).toSorted(), own).toEqual(permitted.toSorted());
  }
});

describe("the filters of audit events", () => {
  const of = (search: string) => queryOf(filtersIn(new URLSearchParams(search)));

  test("are days, both inclusive, as times of UTC", () => {
    expect(of("from=2026-11-01&to=2026-11-30")).toEqual({
      ...{ from: "2026-11-01T00:00:00.000Z", to: "2026-12-01T00:00:00.000Z" },
    });
  });

  test("without a value, and values that no filter has, restrict nothing", () => {
    expect(of("action=&actor=&from=yesterday&action=nothing.like_it")).toEqual({});
    expect(of("action=nothing.like_it")).toEqual({});
  });

  test("are in the address as they were", () => {
    const search = "action=user.invite&actor=a&object=b&from=2026-11-01&to=2026-11-30";
    expect(searchOf(filtersIn(new URLSearchParams(search))).toString()).toBe(search);
  });
});

test("items of a dataset are lines of JSON, and a line that is none is named", () => {
  expect(parseItems('{"variables": {}}\n\n{"variables": {"a": "b"}}\n')).toEqual([
    { variables: {} },
    { variables: { a: "b" } },
  ]);
  expect(() => parseItems('{"variables": {}}\n{')).toThrow("Line 2 is no JSON");
});
