import { ApiObject, App } from "cdk8s";
import { expect, test } from "vitest";
import { Layer, type LayerName } from "../../k8s/layer.ts";
import { renderObjects, WAVE } from "../../k8s/render.ts";

const configMap = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "one" } };

test("a layer of the platform has its number", () => {
  expect(new Layer(new App(), "services").folder).toBe("50-services");
});

test("a layer of any name has the wave that it is given, in its folder and on its objects", () => {
  const app = new App();
  new ApiObject(new Layer(app, "dashboards", { wave: 8 }), "one", configMap);
  const [object] = renderObjects(app);
  expect(object?.path).toBe("08-dashboards/configmap.one.yaml");
  expect(object?.manifest.metadata.annotations).toEqual({ [WAVE]: "8" });
});

test.each([
  ["without a wave", "dashboards", undefined, "needs a wave"],
  ["with another wave than the platform's", "services", 51, "the platform's own is 50"],
  ["that is no folder", "a/b", 5, "must be lower-case"],
  ["beyond two digits", "dashboards", 100, "from 0 to 99"],
  ["between two waves", "dashboards", 5.5, "a whole number"],
])("a layer %s is refused", (_, name, wave, message) => {
  const build = (): Layer =>
    wave === undefined ? new Layer(new App(), name as LayerName) : new Layer(new App(), name, { wave });
  expect(build).toThrow(message);
});
