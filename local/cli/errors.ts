/** What a person did wrong, or what is in the way: one clear sentence, no stack. */
export class CliError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "CliError";
  }
}
