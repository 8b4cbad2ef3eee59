/** An error that the API, or the console's server, answered with (RFC 9457). */
export class Problem extends Error {
  override readonly name = "Problem";

  readonly code: string;
  readonly detail: string | undefined;
  /** What is wrong in the request's body, by JSON path. */
  readonly faults: readonly Fault[];

  constructor(
    readonly status: number,
    { title = `The server answered with status ${status}.`, code = "unknown", detail, faults = [] }: Document,
  ) {
    super(title);
    this.code = code;
    this.detail = detail;
    this.faults = faults;
  }
}

interface Fault {
  readonly path: string;
  readonly message: string;
}

interface Document {
  readonly title?: string;
  readonly code?: string;
  readonly detail?: string;
  readonly faults?: readonly Fault[];
}

/** The problem in the body of a refusal, whatever it is. */
export const problemFrom = (status: number, body: unknown): Problem =>
  new Problem(status, typeof body === "object" && body !== null ? body : {});

/** The problem in a refusal whose body was not read yet. */
export const problemOf = async (response: Response): Promise<Problem> =>
  problemFrom(response.status, await response.json().catch(() => undefined));

/** What a person is told about an error: what happened, and where known, why. */
export function explain(error: unknown): { readonly title: string; readonly detail?: string | undefined } {
  if (error instanceof Problem) {
    const faults = error.faults.map(({ path, message }) => `${path}: ${message}`);
    const detail = [error.detail, ...faults].filter((line) => line !== undefined).join("\n");
    return { title: error.message, detail: detail === "" ? undefined : detail };
  }
  if (error instanceof TypeError)
    return { title: "The server does not answer.", detail: "Check the connection, and try again." };
  return { title: "Something went wrong.", detail: error instanceof Error ? error.message : undefined };
}
