import { type LoaderFunctionArgs, useRouteLoaderData } from "react-router";
import { api, read } from "../api/client.ts";
import type { SignedInUser } from "../api/openapi.d.ts";

export type Scope = SignedInUser["scopes"][number];

/** The route of the frame, which loads the user once for all pages in it. */
export const FRAME = "frame";

export const loadSignedInUser = ({ request: { signal } }: LoaderFunctionArgs): Promise<SignedInUser> =>
  read(api.GET("/users/me", { signal }));

/** The user of the session, with the role and its scopes. */
export const useSignedInUser = (): SignedInUser => useRouteLoaderData(FRAME) as SignedInUser;

/** Whether the user's role has a scope. The API decides; pages only do not offer what it would refuse. */
export const useMay = (scope: Scope): boolean => useSignedInUser().scopes.includes(scope);
