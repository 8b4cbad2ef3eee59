import type { ReactNode } from "react";

/** A row of a list of facts; nothing if it has no value. */
export const Fact = ({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactNode =>
  children === undefined || children === null || children === false ? null : (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
