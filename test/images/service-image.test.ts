import { describe, expect, test } from "vitest";
import { dockerfile } from "../../images/dockerfile.ts";
import { describeImage, type ServiceImage } from "../../images/service-image.ts";
import { environment, environmentNames, services } from "../environments.ts";
import { planOf } from "../plans.ts";
import type { ContainerSpec } from "../run-container.ts";

describe.each(environmentNames)("in %s,", (name) => {
  const images = services.map((service) => describeImage(service, environment(name)));

  test("each pod of ours names an image that is built, and takes its entry point, user and ports", async () => {
    const plan = await planOf(name);
    const workloads = new Set(plan.expected.programs.map(({ workload }) => workload));
    const ours = plan.podSources.filter((source) => source.addon === undefined && workloads.has(source.name));
    expect(ours.map((source) => source.name).toSorted()).toEqual([...workloads].toSorted());
    for (const source of ours) {
      const container = source.spec.containers[0] as ContainerSpec;
      const image = images.find((each) => each.name === container.image) as ServiceImage;
      expect(image, `${source.description} runs ${container.image}`).toBeDefined();
      expect(container.command).toBeUndefined();
      const { runAsUser, runAsGroup } = source.spec.securityContext as Record<string, number>;
      expect(`${runAsUser}:${runAsGroup}`).toBe(image.config.user);
      for (const { containerPort } of container.ports ?? []) expect(image.config.ports).toContain(containerPort);
    }
  });
});

describe("a Dockerfile", () => {
  const [service] = services;
  const image = describeImage(service as (typeof services)[number], environment("production"), "f".repeat(40));

  test("has the entry point, user, environment, ports and labels of the description, and runs nothing", () => {
    const instructions = dockerfile(image)
      .replaceAll(/^#.*\n/gm, "")
      .replaceAll(" \\\n  ", " ")
      .trimEnd()
      .split("\n")
      .map((line) => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)] as const);
    const pairs = (line = ""): Record<string, string> =>
      Object.fromEntries(
        [...line.matchAll(/(\S+?)=("[^"]*")/g)].map(([, key = "", value = ""]) => [key, JSON.parse(value) as string]),
      );
    const { FROM, COPY, LABEL, ENV, ENTRYPOINT, EXPOSE, ...others } = Object.fromEntries(instructions);
    expect(FROM).toMatch(/^docker\.io\/library\/node:24\.\d+\.\d+-bookworm-slim$/);
    expect(COPY).toBe("app/ /app/");
    expect(pairs(LABEL)).toEqual(image.config.labels);
    expect(pairs(ENV)).toEqual(image.config.env);
    expect(JSON.parse(ENTRYPOINT ?? "")).toEqual(image.config.entrypoint);
    expect(EXPOSE).toBe(image.config.ports.join(" "));
    expect(others).toEqual({ WORKDIR: "/app", USER: "1000:1000" });
  });
});
