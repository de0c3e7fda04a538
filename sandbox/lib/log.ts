/** Takes a line about what the sandbox did. Prompts, keys and addresses never stand in it. */
export type SandboxLog = (message: string, details?: Readonly<Record<string, unknown>>) => void;
