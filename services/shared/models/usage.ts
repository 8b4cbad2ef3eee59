/** What a model charges for, as its endpoint counts it. What was not reported is missing. */
export interface Usage {
  readonly promptTokens?: number;
  readonly completionTokens?: number;
}
