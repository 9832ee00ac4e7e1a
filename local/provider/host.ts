import { assemble } from "../assemble";
import { Cloud } from "../cloud";
import { RealClock, type Clock } from "../clock";
import { consoleRoutes } from "../console/routes";
import { Front } from "../http/front";
import { HttpServer } from "../http/server";
import { LocalIssuer } from "../issuer";
import { seededRandom } from "../random";
import { Account } from "./account";
import { Provider } from "./provider";
import { ProviderServer } from "./server";
import { folderOfPlugin, writeShims } from "./shims";

export interface EngineHostOptions {
  /** Folder for what the cloud keeps on disk. */
  readonly data: string;
  /** Folder for the executables that a CLI has to find on its PATH. */
  readonly plugins: string;
  /** @default wall-clock time */
  readonly clock?: Clock;
  /** Makes ids the same in each run. @default chance */
  readonly seed?: number;
}

/**
 * One AWS account on this machine for the real Pulumi engine: a cloud with no program, its APIs on HTTP, and the provider
 * that any number of Pulumi commands, one after the other or at once, deploy through.
 */
export class EngineHost {
  private constructor(
    readonly cloud: Cloud,
    readonly issuer: LocalIssuer,
    readonly account: Account,
    private readonly http: HttpServer,
    private readonly provider: ProviderServer,
  ) {}

  static async start(options: EngineHostOptions): Promise<EngineHost> {
    const cloud = new Cloud({
      clock: options.clock ?? new RealClock(),
      folder: options.data,
      ...(options.seed === undefined ? {} : { random: seededRandom(options.seed) }),
    });
    assemble(cloud);
    const issuer = await LocalIssuer.create(() => cloud.clock.now());
    const http = new HttpServer(new Front(cloud), consoleRoutes(cloud, issuer));
    cloud.endpoint = await http.listen();
    const account = new Account(cloud);
    const provider = new ProviderServer(new Provider(account), (port) => folderOfPlugin(options.plugins, port));
    writeShims(options.plugins, await provider.listen());
    return new EngineHost(cloud, issuer, account, http, provider);
  }

  async close(): Promise<void> {
    this.provider.close();
    await this.cloud.close();
    await this.http.close();
  }
}
