import { isRecord, UNKNOWN, type Data, type Resource } from "./resource";

/** Text that can be a policy document; a key of it may be written with escapes (`\u0041ction`). */
const DOCUMENT = /^\s*\{.*(ction|\\u00)/is;

/** The services whose actions the policy documents of some resources name. */
export function servicesIn(resources: readonly Resource[]): ReadonlySet<string> {
  const services = new Set<string>();
  for (const { props } of resources) collect(props, services);
  return services;
}

function collect(value: Data, services: Set<string>): void {
  if (value === UNKNOWN) return;
  if (typeof value === "string") {
    if (DOCUMENT.test(value)) {
      try {
        collect(JSON.parse(value) as Data, services);
      } catch {
        // Not a document; the rules that read it say so.
      }
    }
  } else if (Array.isArray(value)) value.forEach((item) => collect(item as Data, services));
  else if (isRecord(value)) {
    for (const [key, member] of Object.entries(value)) {
      if (/^(not)?actions?$/i.test(key)) {
        for (const action of [member].flat()) {
          if (typeof action === "string" && action.includes(":"))
            services.add((action.split(":")[0] ?? "").toLowerCase());
        }
      } else collect(member, services);
    }
  }
}
