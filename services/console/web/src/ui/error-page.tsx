import type { ReactNode } from "react";
import { isRouteErrorResponse, Link, useRevalidator, useRouteError } from "react-router";
import { explain, Problem } from "../api/problem.ts";
import { Button } from "./button.tsx";

const NOT_FOUND = { title: "Page not found", detail: "The address may be wrong, or what it named was deleted." };
const FORBIDDEN = {
  title: "Your role does not permit this page",
  detail: "Ask an administrator of your organization.",
};

function textOf(error: unknown): { title: string; detail?: string | undefined } {
  const status = isRouteErrorResponse(error) || error instanceof Problem ? error.status : undefined;
  if (status === 404) return NOT_FOUND;
  if (status === 403) return FORBIDDEN;
  return explain(error);
}

/** Shown instead of a page that could not be loaded. */
export function ErrorPage(): ReactNode {
  const { title, detail } = textOf(useRouteError());
  const { revalidate, state } = useRevalidator();
  return (
    <div className="empty" role="alert">
      <title>{`${title} · PromptOps`}</title>
      <h1>{title}</h1>
      {detail !== undefined && <p>{detail}</p>}
      <div className="actions">
        <Button variant="primary" isPending={state === "loading"} onPress={() => void revalidate()}>
          Try again
        </Button>
        <Link className="button button-plain" to="/prompts">
          Go to prompts
        </Link>
      </div>
    </div>
  );
}
