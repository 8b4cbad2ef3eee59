/** The queue of executions of experiments that have ended and whose outputs are not scored, as metrics name it. */
export const EVALUATIONS = "evaluations";

/** The channel on which Postgres notifies the evaluator: an experiment was created, or an execution of one has ended. */
export const EVALUATIONS_DUE = "evaluations_due";
