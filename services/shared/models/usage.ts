/** What a model charges for, as its endpoint counts it. What was not reported is missing. */
export interface Usage {
  readonly promptTokens?: number;
  readonly completionTokens?: number;
}

/** Whether an endpoint has counted anything. */
export const isReported = ({ promptTokens, completionTokens }: Usage): boolean =>
  promptTokens !== undefined || completionTokens !== undefined;
