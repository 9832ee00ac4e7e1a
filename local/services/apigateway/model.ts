/** Settings of an API as declared: routes and what stands behind them. */
export interface Api {
  readonly id: string;
  /** Milliseconds since the epoch, as those of the deployments and stages. */
  readonly createdAt: number;
  name: string;
  /** e.g. `$request.body.action`. */
  routeSelectionExpression: string;
  readonly routes: Map<string, Route>;
  readonly integrations: Map<string, Integration>;
  readonly authorizers: Map<string, Authorizer>;
  readonly deployments: Map<string, Deployment>;
  readonly stages: Map<string, Stage>;
  /** Where its clients connect, e.g. `ws://127.0.0.1:4567`. */
  readonly endpoint: string;
}

export interface Route {
  readonly id: string;
  readonly routeKey: string;
  /** Id of the integration. */
  readonly integrationId: string | undefined;
  readonly authorizationType: string;
  readonly authorizerId: string | undefined;
  readonly responseSelectionExpression: string | undefined;
  /** Keys of the declared route responses. */
  readonly responses: Set<string>;
}

export interface Integration {
  readonly id: string;
  /** ARN of the function behind `integrationUri`. */
  readonly functionArn: string;
  /** ms, at most 29,000. @default 29000 */
  readonly timeoutMs: number;
}

export interface Authorizer {
  readonly id: string;
  readonly functionArn: string;
  /** e.g. `route.request.header.Sec-WebSocket-Protocol`. */
  readonly identitySources: readonly string[];
}

/** What a stage serves: the routes as they were when it was made. */
export interface Deployment {
  readonly id: string;
  readonly createdAt: number;
  readonly routes: ReadonlyMap<string, Route>;
  readonly integrations: ReadonlyMap<string, Integration>;
  readonly authorizers: ReadonlyMap<string, Authorizer>;
}

export interface Limits {
  /** Requests per second. */
  readonly rate: number;
  readonly burst: number;
}

export interface Stage {
  readonly name: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly deploymentId: string | undefined;
  readonly autoDeploy: boolean;
  /** Limits of all routes, and of single ones by route key. */
  readonly defaultLimits: Limits | undefined;
  readonly routeLimits: ReadonlyMap<string, Limits>;
  readonly accessLog: { readonly group: string; readonly format: string } | undefined;
}

/** Takes the routes as they are now. */
export function snapshot(id: string, api: Api, createdAt = api.createdAt): Deployment {
  const routes = [...api.routes.values()].map((route): [string, Route] => [
    route.routeKey,
    { ...route, responses: new Set(route.responses) },
  ]);
  return {
    id,
    createdAt,
    routes: new Map(routes),
    integrations: new Map(api.integrations),
    authorizers: new Map(api.authorizers),
  };
}

/** The deployment that a stage serves; undefined while it has none, which AWS answers with 403. */
export function served(api: Api, stage: Stage): Deployment | undefined {
  if (stage.autoDeploy) return snapshot("auto", api);
  return stage.deploymentId === undefined ? undefined : api.deployments.get(stage.deploymentId);
}
