/** Settles as the work does; rejects with an error of that message where it takes longer. The work itself continues. */
export async function withTimeout<Result>(
  timeoutMs: number,
  message: string,
  work: Promise<Result>,
): Promise<Result> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(message)), timeoutMs);
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
