import type { Effect } from "../model/steps.ts";

/** A line of the type's file, or of another file of the same repository as `docs/resource.md:171`, or of another one as a URL. */
export type Line = number | string;

/** Inputs by their path in the Pulumi SDK, without the positions of lists: `scalingConfig.minSize`, `rules.status`. */
type Lines = Readonly<Record<string, Line>>;

/** Whether the direction of a change decides. Values are compared as they stand in a plan. */
export type When =
  /** There was a value and is none. */
  | "removed"
  /** There is a value and was none. */
  | "added"
  /** A number, or a version part by part. */
  | "decreases"
  /** The new value is an output, and so unknown until the resources that it comes from are updated. */
  | "unknown"
  /** The part of a text before the first `/`. */
  | "prefix changes"
  | { readonly from?: boolean | string; readonly to?: boolean | string };

export interface Exception {
  readonly input: string;
  readonly when: When;
  readonly effect: Effect;
  readonly line: Line;
  readonly note?: string;
}

/**
 * What changes of one type do. An input without a row of its own has the row of the input that it is part of. Where a block
 * comes or goes, the rows of its parts count too.
 */
export interface ChangesOfType {
  /** In the provider's repository. */
  readonly file: string;
  /** Where that file was read at another commit. @default - the source's */
  readonly commit?: string;
  readonly replaces?: Lines;
  readonly recreates?: Lines;
  readonly updates?: Lines;
  readonly refuses?: Lines;
  readonly ignores?: Lines;
  readonly unknown?: Readonly<Record<string, { readonly line: Line; readonly reason: string }>>;
  /** Changes whose direction decides. The first that applies comes before the rows above. */
  readonly exceptions?: readonly Exception[];
  /**
   * The input for which the provider makes a unique name where the program gives none. Two resources cannot have one name, so
   * a name from the program makes the provider delete the old one first.
   */
  readonly named?: string;
  /** Whether the old one is deleted before the new one is made. @default - `named` decides */
  readonly deletedFirst?: "always" | "where the name stays";
  /** Inputs that take an output which changes with every update of a type: the newest version of a launch template. */
  readonly follows?: Readonly<Record<string, string>>;
  /** Inputs of a provider that count as inputs of each of its resources. */
  readonly handsOn?: Readonly<Record<string, string>>;
  /** What else a reader has to know, for those to whom the effect says too little. */
  readonly notes?: Readonly<Record<string, string>>;
}

export type ChangesByType = Readonly<Record<string, ChangesOfType>>;

/** The source that rows were read in. */
export interface ProviderSource {
  /** On GitHub. */
  readonly repository: string;
  /** What was read: a tag, or the version that the commit leads to. */
  readonly version: string;
  readonly commit: string;
  /** ISO 8601. */
  readonly read: string;
  /** How that differs from what the SDK in package.json uses. */
  readonly differs?: string;
  /** Rows of every type, by full path of the file. */
  readonly every?: Pick<ChangesOfType, "replaces" | "ignores" | "notes">;
  readonly types: ChangesByType;
}
