/** The one variable through which an execution environment is set up; gone before the function's code runs. */
export const settingsVariable = "GATEHOUSE_LAMBDA_SETTINGS";

/** How far the stack's clock is ahead of this machine: a header of ours on every `next` answer. */
export const clockOffsetHeader = "gatehouse-clock-offset-ms";

/** The descriptor of the pipe that ends when the stack is gone. */
export const lifelineDescriptor = 3;
