import type { HttpRequest, RestRoute } from "../service";

const compiled = new WeakMap<RestRoute, { readonly pattern: RegExp; readonly names: readonly string[] }>();

function compile(route: RestRoute): { readonly pattern: RegExp; readonly names: readonly string[] } {
  let known = compiled.get(route);
  if (!known) {
    const names: string[] = [];
    const source = route.path
      .replace(/[.*+?^$()|[\]\\]/g, "\\$&")
      .replace(/\{(\w+)(\\\+)?\}/g, (_, name: string, rest?: string) => {
        names.push(name);
        return rest ? "(.+)" : "([^/]+)";
      });
    known = { pattern: new RegExp(`^${source}/?$`), names };
    compiled.set(route, known);
  }
  return known;
}

/** The first route whose method, path and required query parameters fit; labels come decoded. */
export function matchRoute(
  routes: readonly RestRoute[],
  request: HttpRequest,
): { readonly route: RestRoute; readonly labels: Readonly<Record<string, string>> } | undefined {
  for (const route of routes) {
    if (route.method !== request.method) continue;
    const { pattern, names } = compile(route);
    const match = pattern.exec(request.path);
    if (!match) continue;
    if (route.query && !hasAll(request.query, route.query)) continue;
    if (route.headers?.some((name) => request.headers[name] === undefined)) continue;
    const labels = Object.fromEntries(names.map((name, i) => [name, decodeURIComponent(match[i + 1] ?? "")]));
    return { route, labels };
  }
  return undefined;
}

function hasAll(query: string, names: readonly string[]): boolean {
  const present = new URLSearchParams(query);
  return names.every((name) => present.has(name));
}
