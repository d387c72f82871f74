/** An expression that is wrong, or has no value for an event. */
export class ExpressionError extends Error {}
