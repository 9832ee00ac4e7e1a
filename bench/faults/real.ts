import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Row } from "../benchmark";
import { consoleRoutes } from "../../local/console/routes";
import type { Cloud } from "../../local/cloud";
import { Front } from "../../local/http/front";
import { HttpServer, type LocalRoutes } from "../../local/http/server";
import { LocalIssuer } from "../../local/issuer";
import { Image, START } from "./image";
import { sum } from "./report";
import { NAMES, run } from "./run";

/** The same seeds through isolated workers and real HTTP: not replayable, but nothing is played. */
export async function runReal(seeds: number): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "faults-real-"));
  const issuer = await LocalIssuer.create(() => START);
  // One port for all clouds, since the program bakes the issuer's address into the authorizer.
  const present: { front?: Front; routes?: LocalRoutes } = {};
  const front: Pick<Front, "handle" | "date"> = {
    handle: (request) => present.front!.handle(request),
    date: () => present.front!.date(),
  };
  const server = new HttpServer(front, (request, response) => present.routes?.(request, response));
  const endpoint = await server.listen(0);
  const failures: string[] = [];
  let faults = 0;
  let calls = 0;
  try {
    const image = await Image.evaluate(folder, endpoint);
    const tokens = new Map<string, string>();
    for (const name of NAMES) tokens.set(name, await issuer.token(endpoint, name));
    const serve = (cloud: Cloud): void => {
      present.front = new Front(cloud);
      present.routes = consoleRoutes(cloud, issuer);
    };
    for (let seed = 1; seed <= seeds; seed++) {
      const result = await run({ seed, image, issuer, tokens, serve });
      faults += sum(result.hits) + sum(result.others);
      calls += sum(result.calls);
      for (const problem of result.problems) failures.push(`seed ${seed}: ${problem}`);
      console.log(`  workers, seed ${seed}: ${sum(result.hits)} faults, ${result.problems.length} broken promises`);
      // Said at once: workers replay no run exactly, and a run that is ended early prints no table.
      for (const problem of result.problems) console.log(`    ${problem}`);
    }
  } finally {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
  for (const failure of failures) console.log(`  ${failure}`);
  return [
    { what: "seeds through workers and HTTP", measured: String(seeds), bar: ">= 20", ok: seeds >= 20 },
    {
      what: "faults through workers and HTTP",
      measured: String(faults),
      bar: "",
      ok: faults > 0,
      detail: `${calls} calls`,
    },
    {
      what: "broken promises through workers and HTTP",
      measured: String(failures.length),
      bar: "0",
      ok: failures.length === 0,
    },
  ];
}
