import { createBrowserRouter, redirect } from "react-router";
import { Layout } from "./layout.tsx";
import { loadUser } from "./session/session.ts";
import { FRAME, loadSignedInUser } from "./session/signed-in-user.ts";
import { ErrorPage } from "./ui/error-page.tsx";
import { Loading } from "./ui/loading.tsx";

/** Sends visitors without a session to sign in, and back. */
async function requireUser({ request }: { readonly request: Request }): Promise<void> {
  if (await loadUser()) return;
  const { pathname, search } = new URL(request.url);
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- the router takes a thrown response as the answer
  throw redirect(`/sign-in?to=${encodeURIComponent(pathname + search)}`);
}

/** Each page loads its code and its data when it is first shown. */
export const router = createBrowserRouter([
  { path: "/sign-in", lazy: () => import("./session/sign-in-page.tsx") },
  { path: "/invitation", lazy: () => import("./session/invitation-page.tsx") },
  {
    id: FRAME,
    path: "/",
    Component: Layout,
    loader: loadSignedInUser,
    ErrorBoundary: ErrorPage,
    HydrateFallback: Loading,
    middleware: [requireUser],
    children: [
      {
        ErrorBoundary: ErrorPage,
        children: [
          { index: true, loader: () => redirect("/prompts") },
          { path: "prompts", lazy: () => import("./prompts/list-page.tsx") },
          { path: "prompts/new", lazy: () => import("./prompts/new-page.tsx") },
          { path: "prompts/:id", lazy: () => import("./prompts/prompt-page.tsx") },
          { path: "prompts/:id/edit", lazy: () => import("./prompts/edit-page.tsx") },
          { path: "prompts/:id/compare", lazy: () => import("./prompts/compare-page.tsx") },
          { path: "prompts/:id/run", lazy: () => import("./prompts/run-page.tsx") },
          { path: "workflows", lazy: () => import("./workflows/list-page.tsx") },
          { path: "workflows/:id", lazy: () => import("./workflows/workflow-page.tsx") },
          { path: "workflows/:id/run", lazy: () => import("./workflows/run-page.tsx") },
          { path: "executions", lazy: () => import("./executions/list-page.tsx") },
          { path: "executions/:id", lazy: () => import("./executions/execution-page.tsx") },
          { path: "evaluations", lazy: () => import("./evaluations/experiments-page.tsx") },
          { path: "evaluations/new", lazy: () => import("./evaluations/new-page.tsx") },
          { path: "evaluations/:id", lazy: () => import("./evaluations/experiment-page.tsx") },
          { path: "datasets", lazy: () => import("./evaluations/datasets-page.tsx") },
          { path: "datasets/:id", lazy: () => import("./evaluations/dataset-page.tsx") },
          { path: "usage", lazy: () => import("./usage/usage-page.tsx") },
          { path: "members", lazy: () => import("./members/members-page.tsx") },
          { path: "webhooks", lazy: () => import("./webhooks/list-page.tsx") },
          { path: "webhooks/:id", lazy: () => import("./webhooks/webhook-page.tsx") },
          { path: "webhooks/:id/deliveries/:delivery", lazy: () => import("./webhooks/delivery-page.tsx") },
          { path: "api-keys", lazy: () => import("./keys/keys-page.tsx") },
          { path: "audit", lazy: () => import("./audit/audit-page.tsx") },
        ],
      },
    ],
  },
]);
