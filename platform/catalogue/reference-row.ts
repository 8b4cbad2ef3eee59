/** A place in an object where another object is named. */
export interface Row {
  /** What is meant there, unless the reference itself says: `group/Kind`, or `Kind` alone for the core group. */
  readonly to: string;
  /** The key that holds the name. @default - `name`, `secretName` or `claimName`; or the value itself where it is text */
  readonly name?: string;
  /** The key that holds the kind; false where the kind is always `to`. @default "kind" */
  readonly kind?: string | false;
  /** Keys that the Secret or ConfigMap must have in addition to those that the reference names. @default - none */
  readonly keys?: readonly string[];
  /** The Service's port where the reference names none. @default - no port is meant */
  readonly port?: number;
  /** `server`: the namespace of the add-on that serves the kind, for references of cluster-wide objects. @default - the object's own */
  readonly home?: "server";
  /** The name is `namespace/name`. @default false */
  readonly qualified?: true;
  /** Why the object becomes healthy before what it names is there, so that this may come in a later wave. @default - it waits */
  readonly later?: string;
}

/**
 * Rows by place: keys from the object's root, separated by '.'; a key with a dot of its own is in brackets. Lists on the way are
 * walked through, and `*` stands for every key. The row of a kind alone is written as that kind.
 */
export type Rows = Readonly<Record<string, Row | string>>;

export const under = (prefix: string, rows: Rows): Rows =>
  Object.fromEntries(Object.entries(rows).map(([at, row]) => [`${prefix}.${at}`, row]));
