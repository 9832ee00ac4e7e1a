/** Renders compiled templates; runs in Lambda. The templates were compiled when the program was declared. */
import * as handlebars from "handlebars/runtime";
import type { Schema } from "../shared/schema";

/** What Handlebars' runtime offers; the package types only its compiler. */
interface Runtime {
  template(specification: unknown): (data: Readonly<Record<string, unknown>>) => string;
}

/** One locale of a template: specifications that Handlebars' compiler made, for its runtime. */
export interface CompiledLocale {
  readonly subject: unknown;
  readonly html: unknown;
  readonly text: unknown;
}

/** A template as the functions carry it. */
export interface CompiledTemplate {
  readonly name: string;
  readonly fallback: string;
  readonly locales: Readonly<Record<string, CompiledLocale>>;
  readonly schema: Schema | undefined;
}

/** A mail's subject and bodies, in one locale. */
export interface Rendered {
  readonly locale: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}

/** Why a template could not be shown. */
export interface RenderProblem {
  readonly locale: string;
  /** The field that is missing, when that is why. */
  readonly field?: string;
  readonly detail: string;
}

/** The locale of a template for a player: `de-AT`, else `de`, else the template's fallback. */
export function chooseLocale(template: CompiledTemplate, wanted: string | undefined): string {
  const tags = Object.keys(template.locales);
  let tag = (wanted ?? "").replace(/_/g, "-").toLowerCase();
  while (tag.length > 0) {
    const sought = tag;
    const found = tags.find((candidate) => candidate.toLowerCase() === sought);
    if (found !== undefined) return found;
    tag = tag.slice(0, Math.max(0, tag.lastIndexOf("-")));
  }
  return template.fallback;
}

/** Shows the data in one locale. A field that is missing is a problem, never an empty place. */
export function renderTemplate(
  template: CompiledTemplate,
  locale: string,
  data: Readonly<Record<string, unknown>>,
): Rendered | RenderProblem {
  const compiled = template.locales[locale];
  if (!compiled) return { locale, detail: `no such locale; there are ${Object.keys(template.locales).join(", ")}` };
  try {
    return {
      locale,
      subject: show(compiled.subject, data),
      html: show(compiled.html, data),
      text: show(compiled.text, data),
    };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    const field = /^"([^"]+)" not defined/.exec(detail)?.[1];
    return { locale, detail: detail.slice(0, 300), ...(field === undefined ? {} : { field }) };
  }
}

function show(specification: unknown, data: Readonly<Record<string, unknown>>): string {
  return (handlebars as unknown as Runtime).template(specification)(data);
}
