/** The present instant. Time is an argument everywhere, so that a test can turn it. */
export type Clock = () => Date
