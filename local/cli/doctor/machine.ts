import { CliError } from "../errors";
import { cannotSee, ok, toDo, type Check } from "./check";

const SECTION = "This machine";
const LEAST_NODE = 20;

/** Programs that the steps need. */
export const machineChecks: readonly Check[] = [
  {
    section: SECTION,
    title: "Node.js",
    look: ({ world: { nodeVersion } }) =>
      Promise.resolve(
        Number(nodeVersion.split(".")[0]) >= LEAST_NODE
          ? ok(nodeVersion)
          : toDo(`${nodeVersion} is too old`, `Install Node.js ${LEAST_NODE} or newer.`),
      ),
  },
  {
    section: SECTION,
    title: "Pulumi CLI",
    look: async ({ world, stack }) => {
      const version = await world.run("pulumi", "version").catch(() => undefined);
      if (version === undefined)
        return toDo("not on the PATH", "Install it: https://www.pulumi.com/docs/install/", stack !== undefined);
      return /^v?3\./.test(version)
        ? ok(version)
        : toDo(`${version} is not a version 3`, "Install version 3: https://www.pulumi.com/docs/install/");
    },
  },
  {
    section: SECTION,
    title: "Pulumi login",
    look: async ({ world, stack }) => {
      if (stack === undefined) return undefined;
      try {
        return ok(await world.run("pulumi", "whoami", "--non-interactive"));
      } catch (error) {
        if (!(error instanceof CliError)) throw error;
        return toDo(error.message, "pulumi login (or pulumi login s3://<bucket>, pulumi login --local)");
      }
    },
  },
  {
    section: SECTION,
    title: "AWS CLI",
    look: async ({ world }) => {
      const version = await world.run("aws", "--version").catch(() => undefined);
      return version === undefined
        ? toDo("not on the PATH", "Install it for the commands of the how-to pages; nothing else needs it.", false)
        : ok(version);
    },
  },
];

/** Settings that `Pulumi.dev.yaml` and `Pulumi.prod.yaml` ship with, and that nobody can run with. */
export const settingsChecks: readonly Check[] = [
  {
    section: "Settings",
    title: "placeholders",
    look: ({ settings, stack }) => {
      if (stack === undefined) return Promise.resolve(undefined);
      if (!settings) return Promise.resolve(cannotSee("the stack's settings could not be read"));
      const left = ["issuer", "sender", "senderDomain"].filter((name) =>
        /\bexample\.(com|org|net)\b/.test(settings[name] ?? ""),
      );
      return Promise.resolve(
        left.length === 0
          ? ok("issuer and sender are your own")
          : toDo(
              left.map((name) => `${name} is still ${settings[name] ?? ""}`).join(", "),
              left.map((name) => `pulumi config set ${name} <yours> --stack ${stack}`).join("; "),
            ),
      );
    },
  },
];
