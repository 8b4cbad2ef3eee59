/** Why an attempt is broken off: the reasons with which its signal is aborted. */
export class Stopped extends Error {}
export class LeaseLost extends Error {}
export class DeadlineExceeded extends Error {}
/** Postgres did not take a piece of the output, and may take it next time. */
export class OutputNotWritten extends Error {}
/** The output breaks a rule of its prompt, which the message names. */
export class OutputViolation extends Error {}
/** Postgres refuses a piece of the output, and always will. */
export class OutputRefused extends Error {}
