/** Whether this process exports traces. Set once, before anything else is opened. */
export const tracing = { isOn: false };
