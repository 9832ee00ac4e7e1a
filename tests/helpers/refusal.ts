/** The name and message of the error with which `work` is refused. @throws Error when it is not. */
export async function refusalOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
  throw new Error("It was not refused.");
}

/** The same with the status of AWS's answer before it. */
export async function statusRefusalOf(work: Promise<unknown>): Promise<string> {
  const refusal = await refusalOf(work);
  const status = await work.catch((error: unknown) => (error as { readonly status?: number }).status);
  return `${String(status)} ${refusal}`;
}
