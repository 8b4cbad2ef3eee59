import { fastify } from "fastify";
import { describe, expect, test } from "vitest";
import { guardRoutes } from "../../services/api/access.ts";
import type { AddRoute } from "../../services/api/api.ts";

describe("a route without a declared access", () => {
  test("does not compile, and stops the API from starting", () => {
    // 'npm run types' fails when one of these compiles.
    const add = (addRoute: AddRoute): void => {
      // @ts-expect-error -- no access
      addRoute({ method: "GET", url: "/x", schema: {}, handler: () => ({}) });
      // @ts-expect-error -- a scope that no key can have
      addRoute({ method: "GET", url: "/x", access: "prompts:reed", schema: {}, handler: () => ({}) });
      // @ts-expect-error -- hidden from the document, and so from the access table
      addRoute({ method: "GET", url: "/x", access: "prompts:read", schema: { hide: true }, handler: () => ({}) });
    };
    expect(add).toBeTypeOf("function");
    const app = fastify();
    const asked = (): never => {
      throw new Error("nobody is asked who calls");
    };
    guardRoutes(
      app,
      { caller: asked, callerOfToken: asked },
      { countCaller: asked, countAddress: asked, isSuspicious: asked },
    );
    expect(() => app.get("/x", () => ({}))).toThrow("Route 'GET /x' declares no access. Add it with 'addRoute'.");
  });
});
