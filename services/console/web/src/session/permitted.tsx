import type { ReactNode } from "react";
import { type Scope, useMay } from "./signed-in-user.ts";

/** Shows its children to users whose role has the scope. `Page` says why they are missing. */
export const Permitted = ({ scope, children }: { readonly scope: Scope; readonly children: ReactNode }): ReactNode =>
  useMay(scope) ? children : null;
