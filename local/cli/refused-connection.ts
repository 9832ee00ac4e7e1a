import { CliError } from "./errors";

/** Why a player of this machine cannot connect, in one sentence. */
export function refusedConnection(url: string, error: unknown): CliError {
  if ((error as { status?: unknown } | undefined)?.status === 401) {
    return new CliError(
      `${url} refuses the tokens that this machine makes (401): the settings name another issuer or audience. ` +
        "Set issuer to ${endpoint}/_local/issuer and audience to games-messaging-local, or connect with a client of your own and a token of your issuer.",
    );
  }
  return new CliError(`Cannot connect to ${url}: ${error instanceof Error ? error.message : String(error)}`);
}
